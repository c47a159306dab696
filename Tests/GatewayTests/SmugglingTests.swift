import Gateway
import Testing

/// Requests that two readers may understand in two ways, in front of a program that would show what reached it.
@Suite(.serialized) struct SmugglingTests {
  /// What comes back for some bytes: the status of each answer, and what the program saw.
  struct Outcome: Equatable {
    var statuses: [Int]
    var seen: [String] = []
  }

  static let line = "POST /me/app/x HTTP/1.1\r\nHost: h\r\n"
  static let evil = "GET /me/app/evil HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
  static let chunks = "3\r\nabc\r\n0\r\n\r\n"

  /// Sends the bytes and then the end of the client's half; all answers that come before the gateway closes.
  private func outcome(of text: String) async throws -> Outcome {
    let program = try await FakeProgram()
    var outcome = Outcome(statuses: [])
    try await onStage(BadInputTests.small) { stage in
      stage.route(command: true)
      try await stage.runner(port: program.port) { $0.role = .command }
      let client = try await stage.client()
      try await client.send(text)
      try await until("an answer, or the end") { client.isClosed || client.received.contains("\r\n\r\n") }
      // A second request after it shows whether the connection lives.
      try? await client.send("GET /me/app/last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      try await until("it is closed") { client.isClosed }
      while !client.received.isEmpty { outcome.statuses.append(try await client.reply().status) }
      outcome.seen = program.seen.withLock { $0.heads.map { "\($0.method) \($0.uri)" } }
      #expect(try await stage.post("/x").status == 200)
      try await stage.becomesIdle()
    }
    try await program.close()
    return outcome
  }

  @Test(arguments: [
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
    "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "Content-Length: 1, 1\r\n\r\na",
    "Content-Length: +1\r\n\r\na",
    "Content-Length: -1\r\n\r\na",
    "Content-Length: 0x1\r\n\r\na",
    "Content-Length: 1 1\r\n\r\na",
    "Content-Length: 1_0\r\n\r\na",
    "Content-Length:\r\n\r\n",
    "Content-Length: 18446744073709551617\r\n\r\na",
    "Content-Length: 9223372036854775808\r\n\r\na",
    "Transfer-Encoding: xchunked\r\n\r\n\(chunks)",
    "Transfer-Encoding: identity\r\n\r\n\(chunks)",
    "Transfer-Encoding: chunked, identity\r\n\r\n\(chunks)",
    "Transfer-Encoding: identity, chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding: gzip, chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding: chunked, chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding: chunked;q=1\r\n\r\n\(chunks)",
    "Transfer-Encoding: \u{b}chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding:\r\n\r\n\(chunks)",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n\(chunks)",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding :chunked\r\n\r\n\(chunks)",
    " Transfer-Encoding: chunked\r\n\r\n\(chunks)",
    "Transfer-Encoding:\r\n chunked\r\n\r\n\(chunks)",
    "X: a\r\n Transfer-Encoding: chunked\r\n\r\n\(chunks)",
    "X: a\r\n b\r\n\r\n",
    "X: a\nTransfer-Encoding: chunked\r\n\r\n\(chunks)",
    "X: a\rTransfer-Encoding: chunked\r\n\r\n\(chunks)",
    "X: a\0b\r\n\r\n",
    "X\0: a\r\n\r\n",
    "X\u{e9}: a\r\n\r\n",
    "X Y: a\r\n\r\n",
    ": a\r\n\r\n",
    "(X): a\r\n\r\n",
    "X\r\n\r\n",
    "Host: h\r\n\r\n",
    "Host: other\r\n\r\n",
  ]) func aHeadThatIsInDoubtEndsItsConnection(headers: String) async throws {
    let outcome = try await outcome(of: Self.line + headers + Self.evil)
    #expect(outcome.statuses.count == 1 && [400, 501].contains(outcome.statuses[0]), "\(outcome)")
    #expect(outcome.seen == [])
  }

  @Test(arguments: [
    "ffffffffffffffff\r\nabc", "fffffffffffffffff\r\nabc", "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n", "-1\r\nabc",
    "+3\r\nabc\r\n", "0x3\r\nabc\r\n", "3 4\r\nabc\r\n",
    "\r\nabc",
    "3\r\nabcd\r\n", "3\r\nabc0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "3\r\nabc\r\n0\n\n", " 3\r\nabc\r\n",
    "3\r\nabc\r\n0\r\nX Y: 1\r\n\r\n", "3\r\nabc\r\n0\r\n: 1\r\n\r\n", "3;a\nb\r\nabc\r\n0\r\n\r\n", "3;\0\r\nabc\r\n0\r\n\r\n",
  ]) func aBodyThatIsInDoubtEndsItsConnection(body: String) async throws {
    let outcome = try await outcome(of: Self.line + "Transfer-Encoding: chunked\r\n\r\n" + body + Self.evil)
    // A chunk that never ends is no chunk that could be taken for another.
    #expect(outcome.statuses == [body.hasPrefix("ffffffffffffffff\r\n") ? 408 : 400], "\(outcome)")
    // The program may have seen the head, but never the end.
    #expect(outcome.seen == [] || outcome.seen == ["POST /x"])
  }

  @Test(arguments: [
    "POST /me/app/x HTTP/1.1\r\n\r\n",
    "POST /me/app/x HTTP/1.1\r\nHost: h/me\r\n\r\n",
    "POST /me/app/x HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "POST /me/app/x HTTP/1.1\r\nHost: u@h\r\n\r\n",
    "POST http:///me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST http://u@h/me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /me/app/x HTTP/1.1\nHost: h\n\n",
    "POST /me/app/x HTTP/1.1\r\nHost: h\n\r\n",
    "POST /me/app/x HTTP/1.1\r\nHost: h\r\n\n",
    "POST /me/app/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)",
    "POST /me/app/x HTTP/1.2\r\nHost: h\r\n\r\n",
    "POST /me/app/x HTTP/0.9\r\nHost: h\r\n\r\n",
    "POST /me/app/x HTTP/2.0\r\nHost: h\r\n\r\n",
    "POST /me/app/x HTTP/11\r\nHost: h\r\n\r\n",
    "POST /me/app/x http/1.1\r\nHost: h\r\n\r\n",
    "POST /me/app/x\r\n\r\n",
    "POST /me/app/x y HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /me/app/x\0 HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST\t/me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "get /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "Post /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "NONSENSE /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n",
  ]) func aRequestLineOrHostThatIsInDoubtEndsItsConnection(text: String) async throws {
    let outcome = try await outcome(of: text + Self.evil)
    #expect(outcome.statuses == [400], "\(outcome)")
    #expect(outcome.seen == [])
  }

  @Test(arguments: [
    (line + "Transfer-Encoding: CHUNKED\r\n\r\n\(chunks)", "POST /x"),
    (line + "Transfer-Encoding:  chunked\r\n\r\n\(chunks)", "POST /x"),
    (line + "Transfer-Encoding: chunked\r\n\r\n03;ext=\"a b\"\r\nabc\r\n00\r\nX: y\r\n\r\n", "POST /x"),
    (line + "Content-Length:3\r\n\r\nabc", "POST /x"),
    (line + "Content-Length: 003\r\n\r\nabc", "POST /x"),
    (line + "X:\r\nY: \u{e9}\tz\r\nContent-Length: 0\r\n\r\n", "POST /x"),
    ("\r\n\r\n" + line + "\r\n", "POST /x"),
    ("POST http://other:80/me/app/x HTTP/1.1\r\nHost: h\r\n\r\n", "POST /x"),
    ("POST HTTP://other/me/app/x?y=http://z HTTP/1.1\r\nHost: h\r\n\r\n", "POST /x?y=http://z"),
  ]) func whatIsClearPassesAndTheNextRequestToo(text: String, seen: String) async throws {
    let outcome = try await outcome(of: text)
    #expect(outcome == Outcome(statuses: [200, 200], seen: [seen, "GET /last"]))
  }

  @Test func aTargetsOwnHostCountsMoreThanTheHeader() async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      try await stage.runner(port: program.port) { $0.role = .command }
      let client = try await stage.client()
      try await client.send("GET http://other:81/me/app/x HTTP/1.1\r\nHost: queue.h\r\n\r\n")
      #expect(try await client.reply().status == 200)
      #expect(program.seen.withLock { $0.heads[0].headers["host"] } == ["other:81"])
    }
    try await program.close()
  }

  @Test func anEndlessChunkExtensionIsGivenUp() async throws {
    try await onStage(BadInputTests.small) { stage in
      stage.route()
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.send(Self.line.replacing("/x", with: "") + "Transfer-Encoding: chunked\r\n\r\n3;")
      let end = ContinuousClock.now + .seconds(8)
      while !client.isClosed, client.received.isEmpty, ContinuousClock.now < end {
        client.sendLater(String(repeating: "x", count: 1_000))
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try await client.reply().status == 408)
      #expect(runner.seen.withLock { $0.requests.isEmpty })
    }
  }
}
