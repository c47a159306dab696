import EngineCore
import FoundationEssentials
import Gateway
import Testing

@Suite(.serialized) struct RequestTests {
  @Test func aRequestReachesItsHandlerAndComesBack() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner()
      let reply = try await stage.post("/", #"{"a":1}"#)
      #expect(reply.status == 200)
      #expect(reply.body == #"{"a":1}"#)
      #expect(reply.headers["content-type"] == "application/json")
      #expect(reply.headers["access-control-allow-origin"] == "*")
      #expect(UUID(uuidString: reply.headers["x-fal-request-id"] ?? "") != nil)
      #expect(runner.seen.withLock { $0.requests.first?.requestID } == reply.headers["x-fal-request-id"])
      #expect(try await stage.post("").body == "{}")
      #expect(try await stage.post("/fail/").status == 422)
    }
  }

  @Test func anEmptyBodyIsAnEmptyOne() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      #expect(try await stage.post("/", "").body == "{}")
    }
  }

  @Test(arguments: [
    ("GET /health HTTP/1.1", 200, #"{"status":"ok"}"#),
    ("POST /health HTTP/1.1", 405, #"{"detail":"Method Not Allowed"}"#),
    ("GET /me/app/health HTTP/1.1", 200, #"{"version":"unknown"}"#),
    ("GET /me/app HTTP/1.1", 405, #"{"detail":"Method Not Allowed"}"#),
    ("DELETE /me/app/hold HTTP/1.1", 405, #"{"detail":"Method Not Allowed"}"#),
    ("POST /me/nothing HTTP/1.1", 404, #"{"detail":"Application \"me/nothing\" not found"}"#),
    ("POST /you/app HTTP/1.1", 404, #"{"detail":"Application \"you/app\" not found"}"#),
    ("POST /me/app/x HTTP/1.1", 404, #"{"detail":"Path /x not found"}"#),
    ("GET / HTTP/1.1", 404, #"{"detail":"Path / not found"}"#),
    ("OPTIONS /me/app HTTP/1.1", 200, ""),
    ("POST http://elsewhere/me/app HTTP/1.1", 200, "{}"),
    (
      "CONNECT elsewhere:1 HTTP/1.1", 403,
      #"{"code":"connect-forbidden","message":"CONNECT leads to port 443 only","diagnostics":[]}"#
    ),
  ]) func everyTargetHasItsAnswer(line: String, status: Int, body: String) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send(line + "\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
      let reply = try await client.reply()
      #expect(reply.status == status)
      #expect(reply.body == body)
      #expect(reply.headers["x-fal-request-id"] != nil)
    }
  }

  @Test func anAnswerToHEADHasNoBody() async throws {
    try await onStage { stage in
      stage.route()
      let client = try await stage.client()
      try await client.send("HEAD /me/app HTTP/1.1\r\nHost: t\r\n\r\nGET /health HTTP/1.1\r\nHost: t\r\n\r\n")
      #expect(try await client.reply(head: true).status == 405)
      #expect(try await client.reply().body == #"{"status":"ok"}"#)
    }
  }

  @Test func aConnectionServesManyRequestsOneAfterTheOther() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      for number in 0..<50 {
        try await client.post("/me/app", "\(number)")
        #expect(try await client.reply().body == "\(number)")
      }
    }
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      var text = ""
      for number in 0..<200 {
        let (path, body) = number % 3 == 0 ? ("/late", "1") : number % 3 == 1 ? ("/", "\(number)") : ("/missing", "x")
        text += "POST /me/app\(path) HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      }
      try await client.send(text)
      for number in 0..<200 {
        let reply = try await client.reply()
        #expect(reply.status == (number % 3 == 2 ? 404 : 200))
        if number % 3 == 1 { #expect(reply.body == "\(number)") }
      }
      try await stage.becomesIdle()
    }
  }

  @Test func oldClientsGetTheirAnswerAndTheEndOfTheConnection() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]")
      let reply = try await client.reply()
      #expect(reply.body == "[]")
      #expect(reply.headers["connection"] == "close")
      try await until("it is closed") { client.isClosed }
    }
  }

  @Test func aClientThatAsksBeforeItSendsItsBodyIsToldToGoOn() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try await client.reply().status == 100)
      try await client.send("[]")
      #expect(try await client.reply().body == "[]")
    }
  }

  @Test func theAppSeesTheCallersHeadersAndNoneOfThePlatforms() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let reply = try await stage.post(
        "/headers",
        headers: "X-Mine: 1\r\nX-Fal-Caller-User-Id: root\r\nAuthorization: Key a:b\r\nConnection: keep-alive\r\nTE: trailers\r\n"
      )
      #expect(reply.body == #"{"x-mine":"1"}"#)
      #expect(try await stage.post("/headers", headers: "Authorization: Basic x\r\n").body == #"{"authorization":"Basic x"}"#)
    }
  }

  @Test func anAppCannotWriteItsOwnAnswerIntoTheHeaders() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let reply = try await stage.post("/evil")
      #expect(reply.body == "{}")
      #expect(reply.headers["x-good"] == "1")
      for name in ["x-bad", "x-injected", "x bad: ", "x-fal-stop-runner"] { #expect(reply.headers[name] == nil) }
    }
  }

  @Test func anErrorOfTheAppKeepsItsStatusAndType() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let reply = try await stage.post("/fail")
      #expect(reply.status == 422)
      #expect(reply.body == #"{"detail":"no"}"#)
      #expect(reply.headers["x-fal-error-type"] == "bad_request")
    }
  }

  @Test(arguments: [10, 20_000, 3_000_000]) func answersOfAnySizeComeWhole(size: Int) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      #expect(try await stage.post("/big", "\(size)").body.utf8.count == size + 2)
      let body = "\"" + String(repeating: "y", count: size) + "\""
      #expect(try await stage.post("/", body).body == body)
    }
  }

  @Test func aPrivateAppNeedsItsKey() async throws {
    try await onStage(authenticator: KeyAuthenticator(key: "id:secret", user: "me")) { stage in
      stage.route(auth: .private)
      let runner = try await stage.runner()
      let refused = try await stage.post()
      #expect(refused.status == 401)
      #expect(refused.body == #"{"detail":"Cannot access application \"me/app\""}"#)
      #expect(try await stage.post(headers: "Authorization: Key id:wrong\r\n").status == 401)
      #expect(try await stage.post("/headers", headers: "Authorization: Key id:secret\r\n").body == "{}")
      #expect(runner.seen.withLock { $0.requests.map(\.callerID) } == ["me"])
    }
  }
}
