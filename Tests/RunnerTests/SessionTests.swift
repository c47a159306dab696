import Foundation
import Lua
import RunnerProtocol
import Testing

/// Sessions of realtime endpoints in a real runner.
@Suite struct SessionTests {
  private func started(_ body: String, _ change: (inout LaunchSpec) -> Void = { _ in }) throws -> TestRunner {
    let runner = try TestRunner(
      EndpointTests.app(
        "app:endpoint('/', { realtime = true }, function(input, request)\n\(body)\nend)\napp:endpoint('/ping', function() return 1 end)"
      ))
    try runner.start(.endpoints, change)
    return runner
  }

  private func open(_ runner: TestRunner, _ path: String = "/") throws -> UInt32 {
    let stream = runner.request(path, "", as: .session)
    #expect(try runner.answer(stream, .head).status == 101)
    return stream
  }

  private func say(_ runner: TestRunner, _ stream: UInt32, _ json: String) {
    runner.send(.message, stream: stream, [0] + Array(json.utf8))
  }

  private func reply(_ runner: TestRunner, _ stream: UInt32) throws -> String {
    let payload = try runner.expect(.reply, stream: stream).payload
    guard payload.first == 1 else { return String(decoding: payload.dropFirst(), as: UTF8.self) }
    return try payload.dropFirst().withUnsafeBytes { String(decoding: try LuaTape(messagePack: $0).json(), as: UTF8.self) }
  }

  @Test func eachMessageIsAnsweredInItsOwnForm() throws {
    let runner = try started("return { got = input }")
    let stream = try open(runner)
    say(runner, stream, #"{"a":[1,null]}"#)
    #expect(try runner.expect(.reply, stream: stream).text == "\u{0}" + #"{"got":{"a":[1,null]}}"#)
    _ = try runner.expect(.handled, stream: stream)
    runner.send(.message, stream: stream, [1, 0x81, 0xa1, 0x61, 0xc4, 2, 0xff, 0xfe])
    let wanted: [UInt8] = [1, 0x81, 0xa3, 0x67, 0x6f, 0x74, 0x81, 0xa1, 0x61, 0xc4, 2, 0xff, 0xfe]
    #expect(try runner.expect(.reply, stream: stream).payload == wanted)
    _ = try runner.expect(.handled, stream: stream)
    runner.send(.cancel, stream: stream)
    _ = try runner.expect(.end, stream: stream)
    #expect(try runner.call("/ping").body == "1")
  }

  @Test func messagesAreDealtWithInTheirOrderAndShareOneRequest() throws {
    let runner = try started(
      "request.count = (request.count or 0) + 1 sleep(0.02) return { input.n, request.count, request.query.q }")
    let stream = runner.request("/", "", query: "q=x", as: .session)
    _ = try runner.answer(stream, .head)
    for number in 1...5 { say(runner, stream, "{\"n\":\(number)}") }
    for number in 1...5 {
      #expect(try reply(runner, stream) == "[\(number),\(number),\"x\"]")
      _ = try runner.expect(.handled, stream: stream)
    }
  }

  @Test func nothingIsSaidForNilAndMuchWithSend() throws {
    let runner = try started("if input.n then for i = 1, input.n do request:send { i = i } end end")
    let stream = try open(runner)
    say(runner, stream, "{}")
    _ = try runner.expect(.handled, stream: stream)
    say(runner, stream, #"{"n":3}"#)
    for number in 1...3 { #expect(try reply(runner, stream) == "{\"i\":\(number)}") }
    _ = try runner.expect(.handled, stream: stream)
  }

  @Test(arguments: [
    (#"{"how":"fail"}"#, #"{"type":"x-fal-error","error":"INTERNAL_ERROR","reason":"no moon","status":422}"#),
    (#"{"how":"error"}"#, #"{"type":"x-fal-error","error":"INTERNAL_ERROR","reason":"Internal Server Error","status":500}"#),
    (#"{"how":"loop"}"#, #"{"type":"x-fal-error","error":"TIMEOUT","reason":"The request took longer than 0.3 s","status":504}"#),
    (#"{"how":"wait"}"#, #"{"type":"x-fal-error","error":"TIMEOUT","reason":"The request took longer than 0.3 s","status":504}"#),
    (#"{"how":"function"}"#, #"{"type":"x-fal-error","error":"INTERNAL_ERROR","reason":"Internal Server Error","status":500}"#),
  ])
  func anErrorIsSaidAndTheSessionGoesOn(message: String, error: String) throws {
    let runner = try started(
      """
      if input.how == "fail" then fail(422, "no moon") end
      if input.how == "error" then error("secret") end
      if input.how == "loop" then while true do end end
      if input.how == "wait" then sleep(60) end
      if input.how == "function" then return print end
      return "fine"
      """
    ) { $0.requestTimeoutSeconds = 0.3 }
    let stream = try open(runner)
    for _ in 0..<2 {
      say(runner, stream, message)
      #expect(try reply(runner, stream) == error)
      _ = try runner.expect(.handled, stream: stream)
      say(runner, stream, "{}")
      #expect(try reply(runner, stream) == #""fine""#)
      _ = try runner.expect(.handled, stream: stream)
    }
  }

  @Test(
    arguments: [[0, 0x7b], [1, 0xc1], [1, 0x81], [1, 0xc7, 0, 1], [1] + [UInt8](repeating: 0x91, count: 500)] as [[UInt8]])
  func aMessageThatCannotBeReadIsSaidSo(bytes: [UInt8]) throws {
    let runner = try started("return input")
    let stream = try open(runner)
    runner.send(.message, stream: stream, bytes)
    #expect(try reply(runner, stream).contains(#""reason":"The message cannot be read: "#))
    _ = try runner.expect(.handled, stream: stream)
  }

  @Test func repliesWaitForCredit() throws {
    let runner = try started("for i = 1, 20 do request:send(('x'):rep(97)) end return 'last'") { $0.streamCredit = 1000 }
    let stream = try open(runner)
    say(runner, stream, "{}")
    for _ in 0..<10 { _ = try runner.expect(.reply, stream: stream) }
    #expect(throws: TestRunner.Failure.self) { try runner.expect(.reply, stream: stream, seconds: 0.2) }
    var credit: [UInt8] = []
    credit.append(integer: UInt32(100_000))
    runner.send(.credit, stream: stream, credit)
    for _ in 0..<10 { _ = try runner.expect(.reply, stream: stream) }
    #expect(try reply(runner, stream) == #""last""#)
    _ = try runner.expect(.handled, stream: stream)
  }

  @Test func anErrorWaitsForCreditToo() throws {
    let runner = try started("if input.go then return 'went' end request:send(('x'):rep(2000))") {
      $0.streamCredit = 1000
      $0.requestTimeoutSeconds = 0.3
    }
    let stream = try open(runner)
    say(runner, stream, "{}")
    say(runner, stream, #"{"go":true}"#)
    _ = try runner.expect(.reply, stream: stream)
    #expect(throws: TestRunner.Failure.self) { try runner.expect(.reply, stream: stream, seconds: 0.6) }
    var credit: [UInt8] = []
    credit.append(integer: UInt32(100_000))
    runner.send(.credit, stream: stream, credit)
    #expect(try reply(runner, stream).contains("TIMEOUT"))
    #expect(try reply(runner, stream) == #""went""#)
  }

  @Test func moreMessagesThanTheWindowAreAgainstTheRules() throws {
    let runner = try started("sleep(60)")
    let stream = try open(runner)
    for _ in 0...SessionMessage.windowMax { say(runner, stream, "{}") }
    try runner.expectClose()
  }

  @Test func aSessionTakesASlotAndGivesItBack() throws {
    let runner = try started("sleep(60)") { $0.maxMultiplexing = 1 }
    let stream = try open(runner)
    #expect(try runner.call("/ping").status == 503)
    say(runner, stream, "{}")
    runner.send(.cancel, stream: stream)
    _ = try runner.expect(.end, stream: stream)
    #expect(try runner.call("/ping").body == "1")
  }

  @Test func kindsOfEndpointsAreToldApart() throws {
    let runner = try started("return 1")
    #expect(try runner.call("/").status == 426)
    #expect(try runner.answer(runner.request("/ping", "", as: .session)).status == 404)
  }

  @Test func aRunnerThatIsToEndSaysSoToItsSessions() throws {
    let runner = try started("sleep(0.3) return 'done'")
    let idle = try open(runner)
    let busy = try open(runner)
    say(runner, busy, "{}")
    usleep(100_000)
    runner.signal(SIGTERM)
    #expect(try runner.answer(idle, .abort).status == 503)
    #expect(try reply(runner, busy) == #""done""#)
    #expect(try runner.answer(busy, .abort).status == 503)
    #expect(try runner.waitForExit() == .code(0))
  }
}
