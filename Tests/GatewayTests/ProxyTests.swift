import EngineCore
import Gateway
import NIOHTTP1
import Testing

@Suite(.serialized) struct ProxyTests {
  func onProxyStage(
    _ configuration: GatewayConfiguration = GatewayConfiguration(), slots: Int = 4, timeout: Double = 3600,
    _ body: (Stage, FakeProgram) async throws -> Void
  ) async throws {
    let program = try await FakeProgram()
    try await onStage(configuration) { stage in
      stage.route(command: true)
      try await stage.runner(slots: slots, port: program.port) {
        $0.role = .command
        $0.requestTimeoutSeconds = timeout
      }
      try await body(stage, program)
    }
    // A test may have closed it.
    try? await program.close()
  }

  @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
  func anyMethodPassesThroughWithPathQueryAndBody(method: String) async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      try await client.send("\(method) /me/app/a/b?c=%20d HTTP/1.1\r\nHost: h\r\nX-Mine: 1\r\nContent-Length: 2\r\n\r\nhi")
      let reply = try await client.reply()
      #expect(reply.status == 200)
      #expect(reply.body == "\(method) /a/b?c=%20d hi")
      #expect(reply.headers["content-type"] == "text/plain")
      #expect(reply.headers["x-own"] == "1")
      let head = program.seen.withLock { $0.heads[0] }
      #expect(head.headers["x-fal-request-id"] == [reply.headers["x-fal-request-id"] ?? ""])
      #expect(head.headers["x-fal-endpoint"] == ["/a/b"])
      #expect(head.headers["x-mine"] == ["1"])
      #expect(head.headers["host"] == ["h"])
      try await stage.becomesIdle()
    }
  }

  @Test func healthOfACommandAppIsTheAppsOwn() async throws {
    try await onProxyStage { stage, _ in
      let client = try await stage.client()
      try await client.send("GET /me/app/health HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().body == "GET /health ")
    }
  }

  @Test func anAnswerWithoutALengthIsChunkedAgain() async throws {
    try await onProxyStage { stage, _ in
      let client = try await stage.client()
      for _ in 0..<3 {
        try await client.send("GET /me/app/chunks HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.body == "part 0;part 1;part 2;")
        #expect(reply.headers["transfer-encoding"] == "chunked")
      }
      try await client.send("GET /me/app/chunks HTTP/1.0\r\n\r\n")
      let old = try await client.reply()
      #expect(old.body == "part 0;part 1;part 2;")
      #expect(old.headers["transfer-encoding"] == nil)
    }
  }

  @Test func aProgramsEventsPassAsTheyCome() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      try await client.post("/me/app/lines", headers: "Accept: text/event-stream\r\n")
      try await until("the head") { client.received.contains("\r\n\r\n") }
      for number in 0..<3 {
        program.say("data: \(number)\n\n")
        try await until("event \(number), and no more") { client.ends(with: "data: \(number)\n\n\r\n") }
      }
      client.close()
      try await stage.becomesIdle()
    }
  }

  @Test func answersWithoutABodyHaveNone() async throws {
    try await onProxyStage { stage, _ in
      let client = try await stage.client()
      try await client.send("HEAD /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n")
      let head = try await client.reply(head: true)
      #expect(head.headers["content-length"] == "8")
      try await client.send("GET /me/app/none HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().status == 204)
      try await client.send("GET /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().body == "GET /x ")
    }
  }

  @Test func aConnectionToTheProgramIsUsedAgain() async throws {
    try await onProxyStage { stage, program in
      for _ in 0..<10 {
        let reply = try await stage.post("/x")
        #expect(reply.status == 200)
      }
      #expect(program.seen.withLock { $0.connections } == 1)
    }
  }

  @Test func aKeptConnectionThatTheProgramClosesIsReplaced() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      for _ in 0..<2 {
        try await client.send("GET /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try await client.reply().status == 200)
      }
      try await client.send("GET /me/app/once HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().body == "GET /once ")
      #expect(program.seen.withLock { $0.connections } == 2)
    }
  }

  @Test func aLargeBodyPassesThroughInBoundedMemory() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      let piece = String(repeating: "y", count: 65_536)
      try await client.send("POST /me/app/sink HTTP/1.1\r\nHost: h\r\nContent-Length: \(piece.utf8.count * 400)\r\n\r\n")
      for _ in 0..<400 { try await client.send(piece) }
      #expect(try await client.reply().body == "sunk")
      #expect(program.seen.withLock { $0.received } == piece.utf8.count * 400)
      try await client.send("POST /me/app/sink HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<3 { try await client.send("3\r\nabc\r\n") }
      try await client.send("0\r\n\r\n")
      #expect(try await client.reply().body == "sunk")
    }
  }

  @Test func aSlowReaderHoldsTheProgramBack() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client(paused: true)
      try await client.send("GET /me/app/flood HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 1 } }
      try await Task.sleep(for: .milliseconds(200))
      client.collector.resume()
      try await until("all of it") { client.ends(with: "\r\n0\r\n\r\n") }
      let reply = try await client.reply()
      #expect(reply.body.utf8.count == 30_000_000)
      try await stage.becomesIdle()
    }
  }

  @Test func aClientThatLeavesClosesTheProgramsConnection() async throws {
    try await onProxyStage(slots: 1) { stage, program in
      for round in 1...3 {
        let client = try await stage.client()
        try await client.send("GET /me/app/hold HTTP/1.1\r\nHost: h\r\n\r\n")
        try await until("it is asked") { program.seen.withLock { $0.heads.count == round } }
        client.close()
        try await until("it is closed") { program.seen.withLock { $0.closed == round } }
      }
      #expect(try await stage.post("/x").status == 200)
      try await stage.becomesIdle()
    }
  }

  @Test func failuresOfTheProgramAreTyped() async throws {
    try await onProxyStage { stage, program in
      let died = try await stage.post("/die")
      #expect(died.status == 502)
      #expect(died.headers["x-fal-error-type"] == "runner_incomplete_response")
      let cut = try await stage.post("/cut")
      #expect(cut.status == 200 && !cut.isWhole && cut.body == "half")
      try await stage.becomesIdle()
    }
    // Another stage: what became of the program is looked at after each of those failures, perhaps later than this.
    try await onProxyStage { stage, program in
      try await program.close()
      let refused = try await stage.post("/x")
      #expect(refused.status == 503)
      #expect(refused.headers["x-fal-error-type"] == "runner_connection_refused")
      try await stage.becomesIdle()
    }
  }

  @Test func anAnswerBeforeTheEndOfTheBodyIsPassedOn() async throws {
    try await onProxyStage { stage, _ in
      let client = try await stage.client()
      try await client.send("POST /me/app/early HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345")
      #expect(try await client.reply().status == 403)
      try await client.send("67890")
      try await client.send("GET /me/app/x HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().body == "GET /x ")
      try await stage.becomesIdle()
    }
  }

  @Test func aProgramThatTakesTooLongIsGivenUp() async throws {
    try await onProxyStage(timeout: 0.1) { stage, _ in
      let reply = try await stage.post("/hold")
      #expect(reply.status == 504)
      #expect(reply.headers["x-fal-error-type"] == "request_timeout")
      try await stage.becomesIdle()
    }
  }

  @Test func aRequestWithABodyWaitsForTheRunnerToo() async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      let client = try await stage.client()
      try await client.send("POST /me/app/x HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
      try await client.send(String(repeating: "z", count: 150_000))
      try await until("it waits") { stage.demand?.queued == 1 }
      try await stage.runner(port: program.port)
      try await client.send(String(repeating: "z", count: 50_000))
      #expect(try await client.reply().body.utf8.count == 200_000 + "POST /x ".utf8.count)
    }
    try await program.close()
  }

  @Test func aDrainingRunnerIsToldWhenItsProgramHasNothingLeft() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      try await client.send("POST /me/app/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1")
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 1 } }
      stage.gateway.drain(RunnerID("one"))
      // A call is another way to the loop, behind the drain.
      _ = await stage.gateway.call(AppID(owner: "me", name: "no"))
      try await Task.sleep(for: .milliseconds(50))
      #expect(stage.runners.withLock { $0[0] }.seen.withLock { !$0.drained })
      try await client.send("2")
      #expect(try await client.reply().body == "POST /x 12")
      try await until("it is told") { stage.runners.withLock { $0[0] }.seen.withLock { $0.drained } }
    }
  }

  @Test func aRunnerThatDiesEndsItsRequests() async throws {
    try await onProxyStage { stage, program in
      let client = try await stage.client()
      try await client.send("GET /me/app/hold HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 1 } }
      stage.runners.withLock { $0[0] }.die()
      let reply = try await client.reply()
      #expect(reply.status == 503)
      #expect(reply.headers["x-fal-error-type"] == "runner_disconnected")
      try await until("it is closed") { program.seen.withLock { $0.closed == 1 } }
      try await stage.becomesIdle()
    }
  }
}
