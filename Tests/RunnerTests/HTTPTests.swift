import Foundation
import Glibc
import RunnerProtocol
import Testing

/// `http` against a real server of Python's.
@Suite struct HTTPTests {
  private static let server = """
    import http.server, json, sys, time
    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = "HTTP/1.1"
      def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items(): self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
      def do_GET(self):
        path, _, rest = self.path.partition("?")
        if path == "/slow": time.sleep(0.2)
        if path == "/hang": time.sleep(5)
        if path == "/big": return self.answer(200, b"x" * 3000000)
        if path == "/redirect": return self.answer(302, b"", {"location": rest})
        if path == "/fail": return self.answer(503, b"sorry")
        self.answer(200, json.dumps({"path": self.path, "x": self.headers.get("x-test")}).encode(), {"X-Mark": "Yes"})
      def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer(201, json.dumps({"method": self.command, "type": self.headers.get("content-type"), "body": body.decode()}).encode())
      do_PUT = do_DELETE = do_PATCH = do_POST
      def log_message(self, *arguments): pass
    class Server(http.server.ThreadingHTTPServer): request_queue_size = 64
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  /// A runner whose handler has this body, with the server's address in `base`, and the server.
  private func result(_ body: String, handler: (TestRunner) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/server-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try ChildProgram(["python3", "-c", Self.server], in: folder)
    let port = try server.firstLine()
    let runner = try TestRunner(EndpointTests.handler("local base = 'http://127.0.0.1:\(port)'\n" + body))
    try runner.start()
    try handler(runner)
    withExtendedLifetime(server) {}
  }

  private func expect(_ body: String, _ json: String) throws {
    try result(body) { runner throws in
      let answer = try runner.call()
      #expect(answer.body == json, "\(runner.logs.map(\.message))")
    }
  }

  @Test func requestsAndAnswersCarryEverything() throws {
    try expect(
      """
      local got = http.get(base .. "/a?b=1", { headers = { ["X-Test"] = "t" } })
      local sent = http.post(base, { json = { n = 1 } })
      local plain = http.request("PUT", base, { body = "raw", headers = { ["Content-Type"] = "text/plain" } })
      local failed = http.get(base .. "/fail")
      return { got.status, got.headers["x-mark"], got:json().path, got.json().x, sent.status, sent:json().body, sent:json().type,
        plain:json().method, plain:json().type, plain:json().body, failed.status, failed.body }
      """,
      #"[200,"Yes","/a?b=1","t",201,"{\"n\":1}","application/json","PUT","text/plain","raw",503,"sorry"]"#)
  }

  @Test func waitingForAnotherServerLetsRequestsOverlap() throws {
    try result("if input.warm then return 1 end return http.get(base .. '/slow').status") { runner throws in
      _ = try runner.call("/", #"{"warm":true}"#)
      let start = Date()
      let streams = (0..<8).map { _ in runner.request() }
      for stream in streams { #expect(try runner.answer(stream).body == "200") }
      #expect(Date().timeIntervalSince(start) < 1.2)
    }
  }

  @Test(arguments: [
    ("http.get(base .. '/hang', { timeout = 0.2 })", "no answer within 0.2 s"),
    ("http.get(base .. '/big', { max_bytes = 1000000 })", "larger than 1000000 bytes"),
    ("http.get('http://127.0.0.1:1/')", "http.get: "),
    ("http.get('file:///etc/passwd')", "does not start with http"),
    ("http.get(base .. '/redirect?file:///etc/passwd')", "http.get: "),
    ("http.get(base .. '/redirect?/redirect?/redirect?/redirect', { redirects = 1 })", "redirects"),
    ("http.get('http://a b/')", "spaces or control"),
    ("http.request('GE T', base)", "no HTTP method"),
    ("http.get(base, { headers = { ['a\\r\\nb'] = 'c' } })", "no name of a header"),
    ("http.get(base, { headers = { a = 'b\\r\\nc: d' } })", "control characters"),
    ("http.get(base, { tiemout = 1 })", "unknown option 'tiemout'"),
    ("http.get(base, { timeout = 'soon' })", "wrong type"),
    ("http.get()", "bad argument #1 to 'http.get'"),
  ])
  func whatGoesWrongIsAnErrorToCatch(call: String, text: String) throws {
    try result("local ok, e = pcall(function() return \(call) end) return { ok, tostring(e) }") { runner throws in
      let answer = try runner.call()
      #expect(answer.body.hasPrefix("[false,"))
      #expect(answer.body.contains(text), "\(answer.body)")
    }
  }

  @Test func aRedirectIsFollowed() throws {
    try expect("return http.get(base .. '/redirect?/there'):json().path", "\"/there\"")
  }

  @Test func aCancelledRequestStopsItsTransfer() throws {
    try result("http.get(base .. '/hang') return 1") { runner throws in
      let stream = runner.request()
      usleep(200_000)
      runner.send(.cancel, stream: stream)
      #expect(try runner.answer(stream).status == 499)
      #expect(try runner.call("/none").status == 404)
    }
  }
}
