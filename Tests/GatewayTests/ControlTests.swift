import AppModel
import EngineCore
import Gateway
import NIOHTTP1
import Testing

@Suite(.serialized) struct ControlTests {
  /// A stage with a control API that answers as `FakeProgram` does; nil: nobody listens on its socket.
  func onControlStage(
    listening: Bool = true, max: Int = 1024, _ body: (Stage, FakeProgram?) async throws -> Void
  ) async throws {
    let socket = "/tmp/apolune-control-\(UInt64.random(in: 0 ... .max))"
    var configuration = GatewayConfiguration()
    configuration.controlSocket = socket
    configuration.controlMax = max
    let program = listening ? try await FakeProgram(socket: socket) : nil
    try await onStage(configuration) { stage in try await body(stage, program) }
    try await program?.close()
  }

  @Test func requestsBelowV1PassThroughWithTheirKeyAndNothingOfThePlatform() async throws {
    try await onControlStage { stage, program in
      let client = try await stage.client()
      for method in ["GET", "PATCH", "DELETE"] {
        try await client.send(
          "\(method) /v1/apps/me?x=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Key a:b\r\nX-Fal-Caller-User-Id: root\r\n"
            + "Content-Length: 2\r\n\r\nhi")
        let reply = try await client.reply()
        #expect(reply.status == 200)
        #expect(reply.body == "\(method) /v1/apps/me?x=1 hi")
      }
      let head = try #require(program?.seen.withLock { $0.heads[0] })
      #expect(head.headers["authorization"] == ["Key a:b"])
      #expect(head.headers["x-fal-caller-user-id"].isEmpty)
      #expect(head.headers["x-fal-endpoint"].isEmpty)
      #expect(program?.seen.withLock { $0.connections } == 1)
    }
  }

  @Test func linesArriveOneByOneAndAClientThatLeavesEndsTheStream() async throws {
    try await onControlStage { stage, program in
      let client = try await stage.client()
      try await client.send("GET /v1/lines HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("the answer begins") { client.received.contains("\r\n\r\n") }
      for number in 0..<3 {
        program?.say("{\"n\":\(number)}\n")
        try await until("line \(number)") { client.received.contains("{\"n\":\(number)}\n") }
      }
      client.close()
      try await until("it is closed") { program?.seen.withLock { $0.closed == 1 } ?? false }
    }
  }

  @Test func aLargeUploadPassesThroughInPieces() async throws {
    try await onControlStage { stage, program in
      let client = try await stage.client()
      let piece = String(repeating: "y", count: 65_536)
      try await client.send("PUT /v1/sink HTTP/1.1\r\nHost: h\r\nContent-Length: \(piece.utf8.count * 200)\r\n\r\n")
      for _ in 0..<200 { try await client.send(piece) }
      #expect(try await client.reply().body == "sunk")
      #expect(program?.seen.withLock { $0.received } == piece.utf8.count * 200)
    }
  }

  @Test func withoutAListenerTheProblemIsTold() async throws {
    try await onControlStage(listening: false) { stage, _ in
      let client = try await stage.client()
      for _ in 0..<2 {
        try await client.send("GET /v1/status HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.status == 503)
        #expect(
          reply.body
            == #"{"code":"control-unavailable","message":"The control API of this server does not take connections","diagnostics":[]}"#
        )
      }
    }
  }

  @Test func brokenAnswersAreTold() async throws {
    try await onControlStage { stage, _ in
      let client = try await stage.client()
      try await client.send("GET /v1/die HTTP/1.1\r\nHost: h\r\n\r\n")
      let died = try await client.reply()
      #expect(died.status == 502)
      #expect(died.body.hasPrefix(#"{"code":"control-broken","#))
      try await client.send("GET /v1/cut HTTP/1.1\r\nHost: h\r\n\r\n")
      let cut = try await client.reply()
      #expect(cut.status == 200 && !cut.isWhole)
    }
  }

  @Test func moreThanMayBeOpenAreRefusedAndPlacesComeBack() async throws {
    try await onControlStage(max: 2) { stage, program in
      for round in 0..<3 {
        let first = try await stage.client()
        let second = try await stage.client()
        for client in [first, second] { try await client.send("GET /v1/lines HTTP/1.1\r\nHost: h\r\n\r\n") }
        try await until("both are open") { [first, second].allSatisfy { $0.received.contains("\r\n\r\n") } }
        let third = try await stage.client()
        try await third.send("GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n")
        let refused = try await third.reply()
        #expect(refused.status == 503 && refused.body.hasPrefix(#"{"code":"control-busy","#))
        first.close()
        second.close()
        try await until("both are closed") { program?.seen.withLock { $0.closed >= 2 * (round + 1) } ?? false }
        try await until("a place is free") {
          try await third.send("GET /v1/none HTTP/1.1\r\nHost: h\r\n\r\n")
          return try await third.reply().status == 204
        }
        third.close()
      }
    }
  }

  @Test func noAppIsReachedBelowV1() async throws {
    let app = AppID(owner: "v1", name: "app")
    let definition = AppDefinition(name: "app", program: .endpoints([Endpoint(path: "/", stream: false, line: 1)]), machines: [])
    let route = AppRoute(app: app, revision: RevisionID("r1"), definition: definition, auth: .public)
    try await onControlStage { stage, _ in
      stage.gateway.route(app, to: route)
      let client = try await stage.client()
      try await client.post("/v1/app")
      #expect(try await client.reply().body == "POST /v1/app {}")
    }
    try await onStage { stage in
      stage.gateway.route(app, to: route)
      let client = try await stage.client()
      try await client.post("/v1/app")
      #expect(try await client.reply().status == 404)
    }
  }
}
