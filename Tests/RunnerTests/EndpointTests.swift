import Foundation
import Glibc
import RunnerProtocol
import Testing

@Suite struct EndpointTests {
  static func app(_ body: String, options: String = "") -> [String: String] {
    ["app.lua": "local app = app \"test\" { max_multiplexing = 8, \(options) }\n" + body]
  }

  /// A handler for "/" with this body.
  static func handler(_ body: String) -> [String: String] {
    app("app:endpoint(\"/\", function(input, request)\n\(body)\nend)")
  }

  private func started(_ files: [String: String], _ change: (inout LaunchSpec) -> Void = { _ in }) throws -> TestRunner {
    let runner = try TestRunner(files)
    try runner.start(.endpoints, change)
    return runner
  }

  @Test func aHandlerGetsItsInputAndItsRequest() throws {
    let runner = try started(
      Self.handler("return { input.a + input.b, request.id, request.path, request.caller, request.headers['user-agent'] }"))
    let stream = runner.request("/", #"{"a":1,"b":2}"#, id: "abc", headers: [.init("User-Agent", "t")])
    let answer = try runner.answer(stream)
    #expect(answer.status == 200)
    #expect(answer.body == #"[3,"abc","/","caller","t"]"#)
  }

  @Test func aHandlerKnowsHowItWasAsked() throws {
    let runner = try started(
      Self.handler("return { request.method, request.query.a or 0, request.query['b c'] or 0 }"))
    #expect(try runner.answer(runner.request(query: "a=1&a=2&b%20c=%22+x")).body == #"["POST","2","\" x"]"#)
    #expect(try runner.answer(runner.request()).body == #"["POST",0,0]"#)
  }

  @Test(arguments: [
    ("return 1", "1"), ("return nil", "null"), ("", "null"), ("return json.null", "null"), ("return { 1, 2 }", "[1,2]"),
    ("return {}", "{}"),
    ("return json.array {}", "[]"), ("return input.missing", "null"), ("return 1.5", "1.5"), ("return 'ä'", "\"ä\""),
  ])
  func whatAHandlerReturnsIsJSON(body: String, json: String) throws {
    let answer = try started(Self.handler(body)).call()
    #expect(answer.status == 200)
    #expect(answer.body == json)
  }

  @Test func anEmptyBodyIsAnEmptyInput() throws {
    let runner = try started(Self.handler("return input.x == nil"))
    #expect(try runner.call("/", "").body == "true")
  }

  @Test(arguments: [
    ("fail(422, 'text is missing')", 422, #"{"detail":"text is missing"}"#),
    ("fail(404)", 404, #"{"detail":"Not Found"}"#),
    ("fail(400, { { msg = 'bad' } })", 400, #"{"detail":[{"msg":"bad"}]}"#),
    ("local x <const> = input.text or fail(418, 'tea')", 418, #"{"detail":"tea"}"#),
    ("fail(200, 'x')", 500, #"{"detail":"Internal Server Error"}"#),
    ("error('boom')", 500, #"{"detail":"Internal Server Error"}"#),
    ("error({ code = 1 })", 500, #"{"detail":"Internal Server Error"}"#),
    ("error()", 500, #"{"detail":"Internal Server Error"}"#),
    ("return function() end", 500, #"{"detail":"Internal Server Error"}"#),
    ("return { a = { function() end } }", 500, #"{"detail":"Internal Server Error"}"#),
    ("return nothing", 500, #"{"detail":"Internal Server Error"}"#),
    ("undeclared = 1", 500, #"{"detail":"Internal Server Error"}"#),
  ])
  func failuresHaveFalsShape(body: String, status: Int, json: String) throws {
    let runner = try started(Self.handler(body))
    let answer = try runner.call()
    #expect(answer.status == status)
    #expect(answer.body == json)
    // And the runner goes on.
    #expect(try runner.call().status == status)
  }

  @Test func anUnhandledErrorIsLoggedWithPositionTracebackAndRequest() throws {
    let runner = try started(Self.app("local function inner() error('boom') end\napp:endpoint('/', function() inner() end)"))
    _ = try runner.answer(runner.request(id: "the-request"))
    let record = try runner.log(containing: "boom")
    #expect(record.level == .error)
    #expect(record.requestID == "the-request")
    #expect(record.message.contains("app.lua:2:"))
    #expect(record.message.contains("traceback"))
  }

  @Test func anAnswerThatIsNoJSONNamesItsPlace() throws {
    let runner = try started(Self.handler("return { items = { 1, print } }"))
    #expect(try runner.call().status == 500)
    #expect(try runner.log(containing: "cannot be sent").message.contains("items[2]"))
  }

  @Test func aBodyThatIsNoJSONIsRefusedInFalsShape() throws {
    let runner = try started(Self.handler("return 1"))
    let answer = try runner.call("/", "{\"a\":")
    #expect(answer.status == 422)
    #expect(answer.body.hasPrefix(#"{"detail":[{"type":"json_invalid","loc":["body"]"#))
    #expect(answer.head.headers.contains(.init("x-fal-billable-units", "0")))
  }

  @Test func anUnknownPathIsNotFound() throws {
    let answer = try started(Self.handler("return 1")).call("/x")
    #expect(answer.status == 404)
    #expect(answer.body == #"{"detail":"Path /x not found"}"#)
  }

  @Test func waitingRequestsOverlap() throws {
    let runner = try started(Self.handler("sleep(0.3) return input.n"))
    let start = Date()
    let streams = (1...6).map { runner.request("/", "{\"n\":\($0)}") }
    for (index, stream) in streams.enumerated() { #expect(try runner.answer(stream).body == "\(index + 1)") }
    #expect(Date().timeIntervalSince(start) < 0.9)
  }

  @Test func aSpinningRequestDoesNotStarveOthers() throws {
    let runner = try started(Self.handler("if input.spin then while true do end end return 'ok'"))
    let spinning = runner.request("/", #"{"spin":true}"#)
    let start = Date()
    #expect(try runner.call().body == "\"ok\"")
    #expect(Date().timeIntervalSince(start) < 0.5)
    runner.send(.cancel, stream: spinning)
    #expect(try runner.answer(spinning).status == 499)
  }

  @Test(arguments: [
    "while true do end", "sleep(60)", "pcall(function() while true do end end) while true do end",
    "repeat pcall(error) until false",
    "local t = {1,2,3} table.sort(t, function() while true do end end)", "return ('a'):rep(200):find(('a-'):rep(12) .. 'b')",
  ])
  func aRequestThatTakesTooLongIsStopped(body: String) throws {
    let runner = try started(Self.handler("if input.quick then return 1 end\n" + body)) { $0.requestTimeoutSeconds = 0.3 }
    let start = Date()
    let answer = try runner.call()
    #expect(Date().timeIntervalSince(start) < 1.5)
    #expect(answer.status == 504)
    #expect(answer.head.errorType == "request_timeout")
    #expect(try runner.call("/", #"{"quick":true}"#).body == "1")
  }

  @Test func theHostMayShortenARequestsTime() throws {
    let runner = try started(Self.handler("sleep(60)"))
    #expect(try runner.call("/", timeLimit: 100).status == 504)
  }

  @Test func aRequestThatEatsTheMemoryIsStoppedAndTheNextIsServed() throws {
    let runner = try started(
      Self.handler("if input.eat then local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end end return 'fine'")
    ) { $0.memoryMax = 32 << 20 }
    let answer = try runner.call("/", #"{"eat":true}"#)
    #expect(answer.status == 503)
    #expect(answer.head.errorType == "out_of_memory")
    #expect(try runner.call().body == "\"fine\"")
  }

  @Test func anAppThatKeepsWhatFilledTheMemoryIsReplaced() throws {
    let runner = try started(
      Self.app("app:endpoint('/', function() app.t = {} while true do app.t[#app.t + 1] = ('x'):rep(1000) .. #app.t end end)")
    ) { $0.memoryMax = 32 << 20 }
    #expect(try runner.call().status == 503)
    _ = try runner.expect(.draining)
    #expect(try runner.waitForExit() == .code(1))
  }

  @Test func aCancelledRequestEndsAtOnce() throws {
    let runner = try started(Self.handler("pcall(sleep, 60) log.info('went on') return 1"))
    let stream = runner.request()
    usleep(50_000)
    runner.send(.cancel, stream: stream)
    let answer = try runner.answer(stream)
    #expect(answer.status == 499)
    #expect(try runner.call("/x").status == 404)
    #expect(!runner.logs.contains { $0.message.contains("went on") })
  }

  @Test func anAnswerThatIsTooLargeIsRefused() throws {
    let runner = try started(Self.handler("return ('x'):rep(input.n)")) { $0.answerMax = 100_000 }
    #expect(try runner.call("/", #"{"n":99000}"#).status == 200)
    let answer = try runner.call("/", #"{"n":200000}"#)
    #expect(answer.status == 500)
    #expect(answer.head.errorType == "response_too_large")
  }

  @Test func moreRequestsThanSlotsAreRefused() throws {
    let runner = try started(Self.handler("sleep(0.2) return 1")) { $0.maxMultiplexing = 1 }
    let first = runner.request()
    #expect(try runner.call().head.errorType == "runner_busy")
    #expect(try runner.answer(first).status == 200)
  }

  @Test func aHandlerSetsHeaders() throws {
    let runner = try started(Self.handler("request:header('X-Fal-Billable-Units', '3') return 1"))
    #expect(try runner.call().head.headers == [.init("x-fal-billable-units", "3")])
  }

  @Test(arguments: [
    "request:header('bad name', 'x')", "request:header('x', 'a\\r\\nb: c')", "request:header('content-length', '1')",
  ])
  func badHeadersAreRefused(body: String) throws {
    #expect(try started(Self.handler(body)).call().status == 500)
  }

  @Test func largeBodiesGoBothWays() throws {
    let runner = try started(Self.handler("return input.text"))
    let text = String(repeating: "a", count: 5_000_000)
    #expect(try runner.call("/", "{\"text\":\"\(text)\"}").body.count == text.count + 2)
  }

  @Test func manyRequestsInOneWriteAreAllAnswered() throws {
    let runner = try started(Self.handler("return input.n")) { $0.maxMultiplexing = 1000 }
    let streams = (0..<500).map { runner.request("/", "{\"n\":\($0)}") }
    for (index, stream) in streams.enumerated() { #expect(try runner.answer(stream).body == "\(index)") }
  }
}
