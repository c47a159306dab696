import Foundation
import Lua
import RunnerProtocol
import Testing

@Suite struct ConsoleTests {
  private let runner: TestRunner

  init() throws {
    runner = try TestRunner()
    try runner.start(.console)
  }

  private func evaluate(_ source: String, stream: UInt32 = 1) throws -> Evaluation {
    runner.send(.evaluate, stream: stream, Array(source.utf8))
    return try evaluated(stream)
  }

  private func evaluated(_ stream: UInt32 = 1) throws -> Evaluation {
    try LuaJSON.decode(Evaluation.self, from: runner.expect(.evaluated, stream: stream).payload)
  }

  @Test(arguments: [
    ("1 + 1", "2"), ("= 3", "3"), ("'a\\n\"b'", #""a\n\"b""#), ("nil", "nil"), ("1, 'x'", "1\n\"x\""), ("x = 5", ""),
    ("{}", "{}"),
    ("{ 1, 2, a = { b = true } }", "{ 1, 2, a = { b = true } }"),
    ("{ ['a b'] = 1, [10] = 2, ['end'] = 3 }", #"{ [10] = 2, ["a b"] = 1, ["end"] = 3 }"#),
    ("json.null", "null"), ("'\\xff'", #""\xFF""#), ("'ä'", "\"ä\""), ("", ""), ("-- nothing", ""),
    ("(function() local t = {} t.t = t return t end)()", "{ t = <cycle> }"),
    ("setmetatable({}, { __tostring = function() return 'me' end })", "me"), ("select('#', table.unpack({}, 1, 3))", "3"),
    ("3.0", "3.0"), ("1e100", "1e+100"), ("true", "true"),
  ])
  func valuesAreShown(source: String, text: String) throws {
    #expect(try evaluate(source) == Evaluation(.value, text: text))
  }

  @Test func anErrorShowsThePersonsFramesOnly() throws {
    #expect(try evaluate("nothing") == Evaluation(.error, text: "console:1: undefined name 'nothing'"))
    _ = try evaluate("function f() error('deep') end function g() f() end")
    let deep = try evaluate("g()")
    #expect(deep.text.hasPrefix("console:1: deep\nstack traceback:\n"))
    #expect(deep.text.contains("in function 'f'") || deep.text.contains("in upvalue 'f'") || deep.text.contains("'f'"))
    #expect(!deep.text.contains("printer"))
  }

  @Test func localsAndGlobalsPersist() throws {
    for source in ["local a = 1", "b = 2", "local function f(x) return x + a + b end", "local c <const> = f(3)"] {
      #expect(try evaluate(source) == Evaluation(.value))
    }
    #expect(try evaluate("c") == Evaluation(.value, text: "6"))
  }

  @Test(arguments: ["for i = 1, 3 do", "f(", "x = {", "function f()", "[[", "--[[", "if true then x = 1"])
  func moreLinesAreAskedFor(source: String) throws {
    #expect(try evaluate(source).outcome == .incomplete)
  }

  @Test(arguments: [
    ("'unfinished", "unfinished string"), ("x = = 1", "unexpected symbol"), ("undefined_name", "undefined_name"),
    ("error('boom')", "boom"),
    ("error({ code = 7 })", #"error {"code":7}"#), ("fail(404, 'gone')", "gone"),
    ("local t = {}; return t.x.y", "attempt to index a nil value (field 'x')"),
    ("return 1 +* 2", "unexpected symbol"),
  ])
  func errorsAreShown(source: String, text: String) throws {
    let evaluation = try evaluate(source)
    #expect(evaluation.outcome == .error)
    #expect(evaluation.text.contains(text), "\(evaluation.text)")
    #expect(try evaluate("1") == Evaluation(.value, text: "1"))
  }

  @Test(arguments: ["while true do end", "sleep(60)", "repeat pcall(function() while true do end end) until false", "call('/')"])
  func whatRunsIsInterrupted(source: String) throws {
    runner.send(.evaluate, stream: 7, Array(source.utf8))
    usleep(100_000)
    runner.send(.interrupt, stream: 7)
    #expect(try evaluated(7) == Evaluation(.error, text: "interrupted"))
    #expect(try evaluate("1") == Evaluation(.value, text: "1"))
  }

  @Test func theHostAnswersQuestions() throws {
    runner.send(.evaluate, stream: 1, Array("call('/x', { a = 1 }).sum + 1".utf8))
    let question = try runner.expect(.hostCall)
    let call = try question.payload.withUnsafeBytes {
      var reader = ByteReader($0)
      return try HostCall(from: &reader)
    }
    #expect(call == HostCall(name: "call", arguments: Array(#"["/x",{"a":1}]"#.utf8)))
    var answer: [UInt8] = []
    HostAnswer(succeeded: true, payload: Array(#"{"sum":41}"#.utf8)).write(to: &answer)
    runner.send(.hostAnswer, stream: question.stream, answer)
    #expect(try evaluated() == Evaluation(.value, text: "42"))
  }

  @Test(arguments: [
    (#"{"status":404,"detail":"Path /x not found"}"#, "404: Path /x not found"), ("the app is gone", "the app is gone"),
  ])
  func aRefusalOfTheHostIsShown(payload: String, text: String) throws {
    runner.send(.evaluate, stream: 1, Array("call('/x')".utf8))
    var answer: [UInt8] = []
    HostAnswer(succeeded: false, payload: Array(payload.utf8)).write(to: &answer)
    runner.send(.hostAnswer, stream: try runner.expect(.hostCall).stream, answer)
    let evaluation = try evaluated()
    #expect(evaluation.outcome == .error)
    #expect(evaluation.text.contains(text))
  }

  @Test func printAndHelpAreLogRecords() throws {
    #expect(try evaluate("print('hello', 1)") == Evaluation(.value))
    #expect(try runner.log(containing: "hello\t1").source == .script)
    #expect(try evaluate("help()") == Evaluation(.value))
    try runner.log(containing: "call(path, input)")
  }

  @Test func hugeValuesAreCut() throws {
    let numbers = try evaluate("(function() local t = {} for i = 1, 100000 do t[i] = i end return t end)()")
    #expect(numbers.text.contains("… 99800 more"))
    #expect(try evaluate("('x'):rep(1000000)").text.utf8.count < 5000)
    #expect(try evaluate("(function() local t = {} for i = 1, 50 do t = { t } end return t end)()").text.contains("{…}"))
  }
}
