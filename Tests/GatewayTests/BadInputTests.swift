import Gateway
import Testing

@Suite(.serialized) struct BadInputTests {
  @Test(arguments: [
    ("nonsense\r\n\r\n", 400),
    ("GET /health HTTP/2.0\r\n\r\n", 400),
    ("GET /health HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    ("GET /health HTTP/1.1\r\nno colon\r\n\r\n", 400),
    ("POST /me/app HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
    ("POST /me/app HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST /me/app HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
    ("POST /me/app HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /me/app HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("GET /health HTTP/1.1\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
    ("GET /health HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n", 431),
    ("GET /\(String(repeating: "x", count: 100_000)) HTTP/1.1\r\n\r\n", 431),
  ]) func whatIsNotHTTPIsRefusedAndTheConnectionClosed(text: String, status: Int) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send(text)
      let reply = try await client.reply()
      #expect(reply.status == status)
      #expect(reply.headers["x-fal-error-type"] == "bad_request")
      #expect(reply.headers["connection"] == "close")
      client.close()
      #expect(try await stage.post().status == 200)
    }
  }

  static var small: GatewayConfiguration {
    var configuration = GatewayConfiguration()
    configuration.bodyMax = 1_000
    configuration.readSeconds = 1
    return configuration
  }

  @Test func aBodyThatIsTooLargeIsRefused() async throws {
    try await onStage(Self.small) { stage in
      stage.route()
      let runner = try await stage.runner()
      #expect(try await stage.post("/", String(repeating: "x", count: 1_000)).status == 200)
      let client = try await stage.client()
      // Short enough to be read and dropped: the connection lives on.
      try await client.post("/me/app", String(repeating: "x", count: 1_001))
      #expect(try await client.reply().status == 413)
      try await client.send("POST /me/app HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<3 { try await client.send("190\r\n\(String(repeating: "x", count: 400))\r\n") }
      try await client.send("0\r\n\r\n")
      #expect(try await client.reply().status == 413)
      try await client.post("/me/app", "{}")
      #expect(try await client.reply().status == 200)
      // Nobody waits for this one.
      try await client.send("POST /me/app HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999\r\n\r\nxx")
      #expect(try await client.reply().status == 413)
      try await until("it is closed") { client.isClosed }
      #expect(runner.seen.withLock { $0.requests.count } == 2)
    }
  }

  @Test func allBodiesTogetherHaveABoundAndItIsGivenBack() async throws {
    var configuration = GatewayConfiguration()
    configuration.bodiesMax = 25_000
    try await onStage(configuration) { stage in
      stage.route()
      let clients = [try await stage.client(), try await stage.client(), try await stage.client()]
      let body = String(repeating: "x", count: 10_000)
      for index in 0..<2 {
        try await clients[index].post("/me/app", body)
        try await until("it waits") { stage.demand?.queued == index + 1 }
      }
      try await clients[2].post("/me/app", body)
      let refused = try await clients[2].reply()
      #expect(refused.status == 503)
      #expect(refused.headers["x-fal-error-type"] == "runner_scheduling_failure")
      clients[0].close()
      try await until("it left") { stage.demand?.queued == 1 }
      try await clients[2].post("/me/app", body)
      try await until("it waits") { stage.demand?.queued == 2 }
      try await stage.runner()
      for client in clients.dropFirst() { #expect(try await client.reply().status == 200) }
      for _ in 0..<5 { #expect(try await stage.post("/", body).status == 200) }
    }
  }

  @Test func aRequestBeforeNonsenseIsStillAnswered() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app/late HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n20nonsense\r\n\r\n")
      let reply = try await client.reply()
      #expect(reply.status == 200)
      #expect(reply.headers["connection"] == "close")
      try await until("it is closed") { client.isClosed }
      try await stage.becomesIdle()
    }
  }

  @Test func aBodyThatDoesNotComeIsGivenUp() async throws {
    try await onStage(Self.small) { stage in
      stage.route()
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345")
      #expect(try await client.reply().status == 408)
      let silent = try await stage.client()
      try await silent.send("POST /me/app HT")
      try await until("it is closed") { silent.isClosed }
      #expect(runner.seen.withLock { $0.requests.isEmpty })
    }
  }

  @Test func aBodyCutShortReachesNoRunner() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345")
      client.close()
      #expect(try await stage.post().status == 200)
      #expect(runner.seen.withLock { $0.requests.count } == 1)
    }
  }

  @Test(arguments: ["x", "-1", "0", "nan", "inf", ""]) func aTimeoutThatIsNoneIsRefused(value: String) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      #expect(try await stage.post(headers: "X-Fal-Request-Timeout: \(value)\r\n").status == 400)
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func randomBytesNeverHarmOthers(seed: UInt64) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      var random = Seeded(seed)
      let pieces = [
        "POST ", "/me/app ", "HTTP/1.1\r\n", "Content-Length: 3\r\n", "\r\n", "abc", "Transfer-Encoding: chunked\r\n",
        "3\r\nabc\r\n", "0\r\n\r\n", ":", "\0", "\u{ff}", "GET /health HTTP/1.1\r\n\r\n",
      ]
      for _ in 0..<60 {
        let client = try await stage.client()
        let text = (0..<12).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
        // The gateway may have closed the connection already.
        try? await client.send(text)
        client.close()
      }
      #expect(try await stage.post().status == 200, "seed \(seed)")
      try await stage.becomesIdle()
    }
  }

  @Test func aPortInUseIsATypedError() async throws {
    try await onStage { stage in
      let second = Gateway()
      await #expect(throws: GatewayError.portInUse(host: "127.0.0.1", port: stage.port)) {
        try await second.start(port: stage.port)
      }
      // It may try another.
      let free = try await second.start().port
      #expect(free != stage.port)
      await #expect(throws: GatewayError.notStartable) { try await second.start() }
      await second.stop(grace: .zero)
      await #expect(throws: GatewayError.notStartable) { try await second.start() }
      #expect(GatewayError.portInUse(host: "h", port: 1).code == "port-in-use")
    }
  }

  @Test func anAddressThatIsNotOursIsATypedError() async throws {
    let gateway = Gateway()
    await #expect { try await gateway.start(host: "192.0.2.1", port: 1) } throws: { error in
      (error as? GatewayError)?.code == "cannot-listen"
    }
    await gateway.stop(grace: .zero)
  }
}
