import EngineCore
import Gateway
import Testing

/// Websockets of command apps: from the handshake on, bytes that are passed on.
@Suite(.serialized) struct SocketTests {
  static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
  static let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"

  static func ask(_ path: String, _ headers: String = key + upgrade) -> String {
    "GET /me/app\(path) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"
  }

  func onSocketStage(
    _ configuration: GatewayConfiguration = GatewayConfiguration(), slots: Int = 4, timeout: Double = 3600,
    _ body: (Stage, SocketProgram) async throws -> Void
  ) async throws {
    let program = try await SocketProgram()
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

  /// A client whose websocket is open.
  func open(_ stage: Stage, _ path: String = "/ws", paused: Bool = false) async throws -> RawClient {
    let client = try await stage.client()
    try await client.send(Self.ask(path))
    try await until("the handshake") { client.received.contains("\r\n\r\n") }
    if paused { client.collector.isPaused.withLock { $0 = true } }
    return client
  }

  @Test func aWebsocketIsRecordedWithItsBytesWhenItIsOver() async throws {
    try await onSocketStage { stage, _ in
      let recorder = Recorder()
      stage.gateway.observe(recorder)
      let client = try await open(stage)
      try await client.send("<hello>")
      try await until("its echo") { client.ends(with: "<hello>") }
      client.close()
      let record = try #require(try await recorder.records(1).first)
      #expect(record.kind == .websocket && record.status == 101 && record.outcome == .answered)
      #expect(record.bytesIn == 7 && record.bytesOut == 7 && record.times.ran != nil && record.runner?.text == "one")
      // How long it lasted is no latency.
      let figures = try #require(await stage.gateway.appFigures().first)
      #expect(figures.counts.completed[1] == 1 && figures.counts.total.count == 0)
    }
  }

  @Test func theHandshakeAndAllBytesPassThrough() async throws {
    try await onSocketStage { stage, program in
      let client = try await open(stage, "/ws/a?b=%20c")
      let answer = client.received.lowercased()
      #expect(answer.hasPrefix("http/1.1 101 switching protocols\r\n"))
      for line in ["upgrade: websocket", "connection: upgrade", "sec-websocket-accept: yes", "x-own: 1", "x-fal-request-id: "] {
        #expect(answer.contains("\r\n" + line), "\(line)")
      }
      let head = program.seen.withLock { $0.heads[0] }
      #expect(head.hasPrefix("GET /ws/a?b=%20c HTTP/1.1\r\n"))
      for line in ["upgrade: websocket", "connection: upgrade", "sec-websocket-version: 13", "x-fal-endpoint: /ws/a"] {
        #expect(head.lowercased().contains("\r\n" + line + "\r\n"), "\(line)")
      }
      for number in 0..<50 {
        try await client.send("<\(number)>")
        try await until("its echo") { client.ends(with: "<\(number)>") }
      }
      client.close()
      try await until("the program hears of it") { program.seen.withLock { $0.closed == 1 } }
      try await stage.becomesIdle()
    }
  }

  @Test func whatFollowsTheHandshakeAtOnceIsNotLost() async throws {
    try await onSocketStage { stage, _ in
      let greeted = try await open(stage, "/greet")
      try await until("the greeting") { greeted.ends(with: "\r\n\r\nhello") }
      let early = try await stage.client()
      try await early.send(Self.ask("/ws") + "too early")
      try await until("its echo") { early.ends(with: "\r\n\r\ntoo early") }
      greeted.close()
      early.close()
      try await stage.becomesIdle()
    }
  }

  @Test func oneSocketIsOneSlot() async throws {
    try await onSocketStage(slots: 1) { stage, _ in
      let first = try await open(stage)
      let second = try await stage.client()
      try await second.send(Self.ask("/ws"))
      try await until("it waits") { stage.demand?.queued == 1 }
      first.close()
      try await until("its turn") { second.received.contains(" 101 ") }
      second.close()
      try await stage.becomesIdle()
    }
  }

  @Test func aClientThatLeavesWhileItWaitsLeavesNoTrace() async throws {
    try await onSocketStage(slots: 1) { stage, program in
      let first = try await open(stage)
      let second = try await stage.client()
      try await second.send(Self.ask("/ws"))
      try await until("it waits") { stage.demand?.queued == 1 }
      second.close()
      try await until("it is forgotten") { stage.demand?.queued == 0 }
      let third = try await stage.client()
      first.close()
      try await third.send(Self.ask("/hold"))
      try await until("it is asked") { program.seen.withLock { $0.heads.count == 2 } }
      third.close()
      try await stage.becomesIdle()
    }
  }

  @Test func anAnswerThatIsNo101IsAnOrdinaryOne() async throws {
    try await onSocketStage { stage, program in
      let client = try await stage.client()
      try await client.send(Self.ask("/no"))
      let reply = try await client.reply()
      #expect(reply.status == 403)
      #expect(reply.body == "no")
      #expect(reply.headers["x-own"] == "1")
      // The program may read nothing more on that connection: nobody else gets it.
      let next = try await stage.client()
      try await next.send(Self.ask("/no", ""))
      #expect(try await next.reply().status == 403)
      #expect(program.seen.withLock { $0.opened } == 2)
      try await stage.becomesIdle()
    }
  }

  @Test(arguments: [
    ("/odd", 502, "runner_incomplete_response"), ("/die", 502, "runner_incomplete_response"), ("/hold", 504, "request_timeout"),
  ])
  func aHandshakeThatFailsIsAnswered(path: String, status: Int, type: String) async throws {
    try await onSocketStage(timeout: 0.3) { stage, _ in
      let client = try await stage.client()
      try await client.send(Self.ask(path))
      let reply = try await client.reply()
      #expect(reply.status == status)
      #expect(reply.headers["x-fal-error-type"] == type)
      try await stage.becomesIdle()
    }
  }

  @Test func anOpenSocketOutlivesTheRequestTimeout() async throws {
    try await onSocketStage(timeout: 0.3) { stage, _ in
      let client = try await open(stage)
      try await Task.sleep(for: .milliseconds(600))
      try await client.send("still here")
      try await until("its echo") { client.ends(with: "still here") }
    }
  }

  @Test(arguments: [
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
    key + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n",
    "Sec-WebSocket-Key: short\r\n" + upgrade, key + key + upgrade,
    key + "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
    key + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
  ])
  func whatOnlyLooksLikeAHandshakeIsAnOrdinaryRequest(headers: String) async throws {
    try await onSocketStage { stage, program in
      let client = try await stage.client()
      try await client.send(Self.ask("/no", headers))
      #expect(try await client.reply().status == 403)
      #expect(!program.seen.withLock { $0.heads[0] }.lowercased().contains("\r\nupgrade:"))
      try await stage.becomesIdle()
    }
  }

  @Test func aProgramThatHangsUpEndsTheClientsConnection() async throws {
    try await onSocketStage { stage, _ in
      let client = try await open(stage, "/bye")
      try await client.send("x")
      try await until("it is closed") { client.isClosed }
      try await stage.becomesIdle()
    }
  }

  @Test func aRunnerThatIsLostEndsItsSockets() async throws {
    try await onSocketStage { stage, program in
      let client = try await open(stage)
      stage.gateway.detach(RunnerID("one"))
      try await until("it is closed") { client.isClosed }
      try await until("the program's too") { program.seen.withLock { $0.closed == 1 } }
      try await stage.becomesIdle()
    }
  }

  @Test func aSlowSideHoldsTheOtherOneBack() async throws {
    var configuration = GatewayConfiguration()
    configuration.socketIdleSeconds = 2
    try await onSocketStage(configuration) { stage, program in
      let reader = try await open(stage, "/flood", paused: true)
      try await Task.sleep(for: .milliseconds(200))
      #expect(reader.collector.bytes.withLock { $0.count } < 30_000_000)
      reader.collector.resume()
      try await until("all of it") { reader.ends(with: "xend") }
      let writer = try await open(stage, "/deaf")
      let piece = String(repeating: "y", count: 1_000_000)
      for _ in 0..<30 { writer.sendLater(piece) }
      try await Task.sleep(for: .milliseconds(200))
      #expect(program.seen.withLock { $0.received } == 0)
      writer.close()
      reader.close()
      try await until("the other is closed") { program.seen.withLock { $0.closed == 1 } }
      // The deaf one takes nothing, not even the client's end, until the gateway has had enough.
      try await stage.becomesIdle()
    }
  }

  @Test func silenceInBothDirectionsEndsASocket() async throws {
    var configuration = GatewayConfiguration()
    configuration.socketIdleSeconds = 0
    try await onSocketStage(configuration) { stage, program in
      let client = try await open(stage)
      try await until("it is closed") { client.isClosed }
      try await until("the program's too") { program.seen.withLock { $0.closed == 1 } }
      try await stage.becomesIdle()
    }
  }

  @Test func stoppingEndsWhatIsLeftWhenItsTimeIsOver() async throws {
    try await onSocketStage { stage, _ in
      let client = try await open(stage)
      async let stopped: Void = stage.gateway.stop(grace: .milliseconds(300))
      try await client.send("last words")
      try await until("its echo") { client.ends(with: "last words") }
      await stopped
      try await until("it is closed") { client.isClosed }
    }
  }

  @Test func noSlotIsLostToAnySocketThatEndsAtAnyMoment() async throws {
    try await onSocketStage(slots: 8) { stage, _ in
      let paths = ["/ws", "/hold", "/no", "/bye", "/die", "/odd", "/greet", "/deaf"]
      var random = Seeded(7)
      for _ in 0..<25 {
        let plans = (0..<40).map { _ in
          (paths[Int(random.next() % UInt64(paths.count))], Int(random.next() % 12), random.next() % 2 == 0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (path, milliseconds, speaks) in plans {
            group.addTask {
              let client = try await stage.client()
              client.sendLater(Self.ask(path))
              if speaks { client.sendLater("some bytes") }
              try await Task.sleep(for: .milliseconds(milliseconds))
              client.close()
            }
          }
          try await group.waitForAll()
        }
      }
      try await stage.becomesIdle()
      let client = try await open(stage)
      #expect(client.received.contains(" 101 "))
    }
  }
}
