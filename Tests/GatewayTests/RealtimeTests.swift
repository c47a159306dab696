import AppModel
import EngineCore
import Gateway
import RunnerProtocol
import Testing

/// Sessions of realtime endpoints: the gateway's side of the websocket, and of the runner's link.
@Suite(.serialized) struct RealtimeTests {
  /// Knows one key and one token.
  struct Doorkeeper: Authenticator {
    let version = 0
    func grant(authorization: String?) -> Grant? { authorization == "Key k" ? Grant(Caller(id: "me", key: "k")) : nil }
    func grant(token: String, app: String) -> Grant? {
      token == "a+b=" && app == "me/app" ? Grant(Caller(id: "me", key: "k"), isLasting: false) : nil
    }
  }

  func onSessionStage(
    _ configuration: GatewayConfiguration = GatewayConfiguration(), slots: Int = 4,
    _ body: (Stage, FakeRunner) async throws -> Void
  ) async throws {
    try await onStage(configuration) { stage in
      stage.route()
      let runner = try await stage.runner(slots: slots)
      try await body(stage, runner)
    }
  }

  @Test func theHandshakeIsAnsweredAndMessagesOfBothKindsComeBack() async throws {
    try await onSessionStage { stage, runner in
      let raw = try await stage.client()
      try await raw.send(SocketTests.ask("/rt?a=1", SocketTests.key + SocketTests.upgrade))
      try await until("the handshake") { raw.received.contains("\r\n\r\n") }
      for line in ["http/1.1 101 ", "\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n", "\r\nupgrade: websocket\r\n"] {
        #expect(raw.received.lowercased().contains(line), "\(line)")
      }
      #expect(!raw.received.lowercased().contains("sec-websocket-extensions"))
      raw.close()
      let client = try await SocketClient(stage, "/rt", headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n")
      for number in 0..<20 {
        try await client.send("{\"n\":\(number)}")
        #expect(try await client.next() == .init(opcode: SocketClient.text, payload: Array("{\"n\":\(number)}".utf8)))
      }
      let large = [UInt8](repeating: 0x20, count: SessionMessage.bytesMax)
      try await client.send(SocketClient.binary, large)
      #expect(try await client.next() == .init(opcode: SocketClient.binary, payload: large))
      try await client.send(SocketClient.close, [0x03, 0xe8])
      #expect(try await client.closed() == 1000)
      try await stage.becomesIdle()
      #expect(runner.seen.withLock { $0.requests.map(\.query) } == ["a=1", ""])
    }
  }

  @Test func framesAreReadAsTheStandardHasIt() async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/rt")
      try await client.send(SocketClient.ping, Array("there?".utf8))
      #expect(try await client.next() == .init(opcode: SocketClient.pong, payload: Array("there?".utf8)))
      // In pieces, with a ping between them, and cut in the middle of a letter.
      let text = Array("ä and ö".utf8)
      var bytes = SocketClient.frame(1, Array(text[..<1]), isLast: false)
      bytes += SocketClient.frame(SocketClient.ping, [])
      bytes += SocketClient.frame(0, Array(text[1..<4]), isLast: false) + SocketClient.frame(0, Array(text[4...]))
      for byte in bytes { try await client.raw.send(bytes: [byte]) }
      #expect(try await client.next().opcode == SocketClient.pong)
      #expect(try await client.next() == .init(opcode: SocketClient.text, payload: text))
      client.raw.close()
      try await stage.becomesIdle()
    }
  }

  static let tooLong = [UInt8](repeating: 0x20, count: SessionMessage.bytesMax + 1)

  @Test(
    arguments: [
      ("not masked", SocketClient.frame(1, [0x31], isMasked: false), 1002),
      ("reserved bit", SocketClient.frame(1, [0x31], reserved: 4), 1002),
      ("unknown opcode", SocketClient.frame(3, []), 1002), ("unknown control", SocketClient.frame(11, []), 1002),
      ("continuation of nothing", SocketClient.frame(0, []), 1002),
      ("a message within another", SocketClient.frame(1, [], isLast: false) + SocketClient.frame(1, []), 1002),
      ("long control", SocketClient.frame(9, [UInt8](repeating: 0, count: 126)), 1002),
      ("control in pieces", SocketClient.frame(9, [], isLast: false), 1002),
      ("no text", SocketClient.frame(1, [0xff, 0xfe]), 1007),
      ("half a letter", SocketClient.frame(1, [0xc3]), 1007), ("too long", SocketClient.frame(2, tooLong), 1009),
      ("too long in pieces", SocketClient.frame(2, [1], isLast: false) + SocketClient.frame(0, Array(tooLong.dropFirst())), 1009),
      ("a length that lies", [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4], 1009),
      ("half a code", SocketClient.frame(8, [3]), 1002), ("a code that nobody may send", SocketClient.frame(8, [3, 0xed]), 1002),
      ("a reason that is no text", SocketClient.frame(8, [3, 0xe8, 0xff]), 1002),
      ("closed without a code", SocketClient.frame(8, []), 1000),
      ("closed with an own code", SocketClient.frame(8, [0x0f, 0xa0]), 4000),
    ] as [(String, [UInt8], Int)])
  func badFramesCloseWithTheirCode(name: String, bytes: [UInt8], code: Int) async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/rt")
      client.raw.sendLater(bytes: bytes)
      #expect(try await client.closed() == code, "\(name)")
      try await stage.becomesIdle()
    }
  }

  @Test func randomFramesDoNoHarm() async throws {
    try await onSessionStage { stage, _ in
      var random = Seeded(11)
      for _ in 0..<60 {
        let client = try await SocketClient(stage, "/rt")
        for _ in 0..<6 {
          let bytes = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          client.raw.sendLater(bytes: random.next() % 2 == 0 ? bytes : SocketClient.frame(UInt8(random.next() % 16), bytes))
        }
        client.raw.close()
      }
      try await stage.becomesIdle()
      let client = try await SocketClient(stage, "/rt")
      try await client.send("still here")
      #expect(try await client.next().text == "still here")
    }
  }

  @Test(arguments: ["POST", "GET"])
  func whatIsNoWebsocketIsToldSo(method: String) async throws {
    try await onSessionStage { stage, _ in
      let client = try await stage.client()
      try await client.send("\(method) /me/app/rt HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
      let reply = try await client.reply()
      #expect(reply.status == 426)
      #expect(reply.body.contains("realtime endpoint"))
      let other = try await stage.client()
      try await other.send(SocketTests.ask("/", SocketTests.key + SocketTests.upgrade))
      #expect(try await other.reply().status == 405)
    }
  }

  @Test func aRefusalIsAnOrdinaryAnswer() async throws {
    try await onSessionStage { stage, _ in
      let client = try await stage.client()
      try await client.send(SocketTests.ask("/refused", SocketTests.key + SocketTests.upgrade))
      let reply = try await client.reply()
      #expect(reply.status == 404)
      #expect(reply.body.contains("no such thing"))
      try await stage.becomesIdle()
    }
  }

  @Test func oneSessionIsOneSlot() async throws {
    try await onSessionStage(slots: 1) { stage, _ in
      let first = try await SocketClient(stage, "/rt")
      let second = try await stage.client()
      try await second.send(SocketTests.ask("/rt", SocketTests.key + SocketTests.upgrade))
      try await until("it waits") { stage.demand?.queued == 1 }
      #expect(second.received == "")
      first.raw.close()
      try await until("its turn") { second.received.contains(" 101 ") }
      second.close()
      try await stage.becomesIdle()
    }
  }

  @Test(arguments: [("end", 1000), ("leave", 1001), ("die", 1011)])
  func aRunnersEndIsTheSessionsEnd(word: String, code: Int) async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/rt")
      try await client.send(word)
      if word == "die" {
        let error = try await client.next().text
        #expect(error.hasPrefix(#"{"type":"x-fal-error","error":"INTERNAL_ERROR","reason":"#), "\(error)")
      }
      #expect(try await client.closed() == code)
      try await stage.becomesIdle()
    }
  }

  @Test func aRunnerThatSendsWithoutCreditIsCutOff() async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/rt")
      client.raw.collector.isPaused.withLock { $0 = true }
      try await client.send("greedy")
      try await until("the runner is given up") { stage.saw("one") { $0 == .closed } }
      try await stage.becomesIdle()
    }
  }

  @Test func aRunnerNeverHasMoreThanItsWindow() async throws {
    try await onSessionStage { stage, runner in
      let client = try await SocketClient(stage, "/rt")
      for _ in 0..<200 { client.raw.sendLater(bytes: SocketClient.frame(1, Array("hold".utf8))) }
      try await until("the window is full") { runner.seen.withLock { $0.messages.count == SessionMessage.windowMax } }
      try await Task.sleep(for: .milliseconds(100))
      #expect(runner.seen.withLock { $0.messages.count } == SessionMessage.windowMax)
      client.raw.close()
      try await stage.becomesIdle()
    }
  }

  @Test func withoutAWordOfBufferingNothingIsDropped() async throws {
    try await onSessionStage { stage, runner in
      let client = try await SocketClient(stage, "/slow")
      for number in 0..<12 { client.raw.sendLater(bytes: SocketClient.frame(1, Array("\(number)".utf8))) }
      for number in 0..<12 { #expect(try await client.next().text == "\(number)") }
    }
  }

  @Test func newerMessagesTakeThePlaceOfOlderOnesWhereTheClientWantsIt() async throws {
    try await onSessionStage { stage, runner in
      let client = try await SocketClient(stage, "/slow?max_buffering=2")
      client.raw.sendLater(bytes: (0..<10).flatMap { SocketClient.frame(1, Array("\($0)".utf8)) })
      for text in ["0", "8", "9"] { #expect(try await client.next().text == text) }
      #expect(runner.seen.withLock { $0.messages } == ["0", "8", "9"])
    }
  }

  @Test func aSessionWithoutMessagesTimesOut() async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/brief")
      try await client.send("nothing")
      #expect(
        try await client.next().text == #"{"type":"x-fal-error","error":"TIMEOUT","reason":"no inputs, reconnect when needed!"}"#)
      #expect(try await client.closed() == 1000)
      try await stage.becomesIdle()
    }
  }

  @Test func stoppingEndsIdleSessionsAtOnce() async throws {
    try await onSessionStage { stage, _ in
      let client = try await SocketClient(stage, "/rt")
      try await client.send("nothing")
      let began = ContinuousClock.now
      async let stopped: Void = stage.gateway.stop(grace: .seconds(30))
      #expect(try await client.closed() == 1001)
      await stopped
      #expect(ContinuousClock.now - began < .seconds(20))
    }
  }

  @Test func aTokenOpensASocketAndNothingElse() async throws {
    try await onStage(authenticator: Doorkeeper()) { stage in
      stage.route(auth: .private)
      let runner = try await stage.runner()
      let client = try await SocketClient(stage, "/rt?a=1&fal_jwt_token=a%2Bb%3D&max_buffering=3")
      try await client.send("hello")
      #expect(try await client.next().text == "hello")
      let head = runner.seen.withLock { $0.requests[0] }
      #expect(head.query == "a=1&max_buffering=3")
      #expect(head.callerID == "me")
      for (path, headers, status) in [
        ("/rt", SocketTests.key + SocketTests.upgrade, 401),
        ("/rt?fal_jwt_token=wrong", SocketTests.key + SocketTests.upgrade, 401),
        ("/rt?fal_jwt_token=", SocketTests.key + SocketTests.upgrade, 401), ("/?fal_jwt_token=a%2Bb%3D", "", 401),
        ("/rt?fal_jwt_token=a%2Bb%3D", SocketTests.key + SocketTests.upgrade + "Authorization: Key no\r\n", 401),
      ] {
        let other = try await stage.client()
        try await other.send(SocketTests.ask(path, headers))
        #expect(try await other.reply().status == status, "\(path)")
      }
      let keyed = try await SocketClient(stage, "/rt", headers: "Authorization: Key k\r\n")
      keyed.raw.close()
      client.raw.close()
      try await stage.becomesIdle()
    }
  }

  @Test func noSlotIsLostToAnySessionThatEndsAtAnyMoment() async throws {
    try await onSessionStage(slots: 8) { stage, _ in
      var random = Seeded(3)
      let words = ["a", "nothing", "end", "leave"]
      for _ in 0..<25 {
        let plans = (0..<40).map { _ in
          (words[Int(random.next() % 4)], Int(random.next() % 12), random.next() % 2 == 0, random.next() % 3 == 0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (word, milliseconds, isPolite, isSlow) in plans {
            group.addTask {
              let client = try await stage.client()
              client.sendLater(SocketTests.ask(isSlow ? "/slow" : "/rt", SocketTests.key + SocketTests.upgrade))
              client.sendLater(bytes: SocketClient.frame(1, Array(word.utf8)))
              try await Task.sleep(for: .milliseconds(milliseconds))
              if isPolite { client.sendLater(bytes: SocketClient.frame(8, [3, 0xe8])) }
              client.close()
            }
          }
          try await group.waitForAll()
        }
      }
      try await stage.becomesIdle()
    }
  }
}
