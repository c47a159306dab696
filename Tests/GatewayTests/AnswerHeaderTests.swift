import Gateway
import Testing

@Suite(.serialized) struct AnswerHeaderTests {
  func isDate(_ text: String?) -> Bool {
    text?.wholeMatch(of: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil
  }

  @Test func everyAnswerSaysWhenItWasMade() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      for path in ["/", "/missing", "/stream", "/health"] {
        #expect(isDate(try await stage.post(path, "1").headers["date"]), "\(path)")
      }
    }
  }

  @Test func aProgramsOwnDateAndHeadersPassUpToABound() async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      try await stage.runner(port: program.port) { $0.role = .command }
      #expect(isDate(try await stage.post("/x").headers["date"]))
      #expect(try await stage.post("/x", headers: "X-Say: Date=mine\r\n").headers["date"] == "mine")
      let large = String(repeating: "y", count: 6_000)
      let reply = try await stage.post("/x", headers: "X-Say: a=\(large)\r\nX-Say: b=\(large)\r\nX-Say: c=\(large)\r\n")
      #expect(reply.headers["a"] == large && reply.headers["b"] == large && reply.headers["c"] == nil)
      #expect(reply.body == "POST /x {}")
    }
    try await program.close()
  }

  @Test func whatMaySucceedSoonSaysWhen() async throws {
    var configuration = GatewayConfiguration()
    configuration.queueMax = 0
    try await onStage(configuration) { stage in
      stage.route()
      let reply = try await stage.post()
      #expect(reply.status == 503)
      #expect(reply.headers["retry-after"] == "1")
      #expect(try await stage.post("/missing").headers["retry-after"] == nil)
    }
  }

  @Test(arguments: [("GET /me/app", "POST, OPTIONS"), ("PUT /me/app/health", nil), ("POST /health", "GET, HEAD")])
  func aMethodThatIsNotTakenIsToldWhichAre(line: String, allowed: String?) async throws {
    try await onStage { stage in
      stage.route()
      let client = try await stage.client()
      try await client.send("\(line) HTTP/1.1\r\nHost: h\r\n\r\n")
      let reply = try await client.reply()
      #expect(reply.status == (allowed == nil ? 404 : 405))
      #expect(reply.headers["allow"] == allowed)
    }
  }
}
