import Testing

@testable import Lua

private struct Broken: Error, Equatable { var code: Int }

@Suite struct ErrorTests {
  private func stateThatThrows() throws -> LuaState {
    let state = try LuaState()
    try state.globals.set("broken", try state.function("broken") { _ in throw Broken(code: 7) })
    return state
  }

  @Test(arguments: [
    "broken()",
    "local ok, e = pcall(broken) error(e, 0)",
    "local ok, e = xpcall(broken, function(e) return e end) error(e)",
    "local f = coroutine.wrap(broken) f()",
    "local co = coroutine.create(broken) local ok, e = coroutine.resume(co) error(e)",
    "table.sort({3, 2, 1}, broken)",
    "setmetatable({}, {__index = broken}).x()",
    "local x <close> = setmetatable({}, {__close = broken})",
  ])
  func aHostErrorKeepsItsIdentityThroughLua(_ source: String) throws {
    let script = try stateThatThrows().load(source, name: "script.lua")
    let error = #expect(throws: LuaError.self) { try script.call() }
    #expect(error?.kind == .host)
    #expect(error?.underlying as? Broken == Broken(code: 7))
    #expect(error?.message.hasSuffix("Broken(code: 7)") == true)
  }

  @Test func aHostErrorHasThePositionOfItsCallerAndATraceback() throws {
    let source = "local function inner()\n  broken()\nend\ninner()"
    let script = try stateThatThrows().load(source, name: "script.lua")
    let error = #expect(throws: LuaError.self) { try script.call() }
    #expect(error?.message == "script.lua:2: Broken(code: 7)")
    #expect(error?.traceback?.contains("script.lua:2: in local 'inner'") == true)
    #expect(error?.traceback?.contains("script.lua:4: in main chunk") == true)
  }

  @Test func aScriptSeesAHostErrorAsText() throws {
    let script = try stateThatThrows().load(
      "local ok, e = pcall(broken) return ok, tostring(e), e .. '!', e.message, type(e), e.other, getmetatable(e)", name: "s")
    let seen = try script.call(arguments: [])
    #expect(seen[1].text == "s:1: Broken(code: 7)" || seen[1].text == "Broken(code: 7)")
    #expect(seen[2].text?.hasSuffix("Broken(code: 7)!") == true)
    #expect(seen[3].text == "Broken(code: 7)")
    #expect(seen[4].text == "userdata")
  }

  @Test func aScriptsErrorHasItsPositionAndTraceback() throws {
    let state = try LuaState()
    let script = try state.load("local function f()\n  error('bad')\nend\nf()", name: "a/b.lua")
    let error = #expect(throws: LuaError.self) { try script.call() }
    #expect(error?.kind == .runtime && error?.message == "a/b.lua:2: bad")
    #expect(error?.traceback?.contains("a/b.lua:4: in main chunk") == true)
  }

  @Test func aTasksErrorHasATraceback() throws {
    let state = try LuaState()
    let script = try state.load("local function f()\n  local x = nil + 1\nend\nf()", name: "t.lua")
    var error: LuaError?
    try state.task(script) { error = $0.error }.start()
    #expect(error?.message == "t.lua:2: attempt to perform arithmetic on a nil value")
    #expect(error?.traceback?.contains("t.lua:4: in function <t.lua:0>") == true || error?.traceback?.contains("t.lua:4") == true)
  }

  @Test func aTableErrorKeepsItsTextAndData() throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) {
      try state.load("error(setmetatable({a = 1}, {__tostring = function() return 'custom' end}))", name: "x").call()
    }
    #expect(error?.message == "custom")
    #expect(error?.json.map { String(decoding: $0, as: UTF8.self) } == "{\"a\":1}")
  }

  @Test func aLuaErrorPassesThroughAHostFunctionUnchanged() throws {
    let state = try LuaState()
    let inner = try state.load("error('deep')", name: "inner.lua")
    try state.globals.set(
      "outer",
      try state.function("outer") { call in
        try inner.call(); return call.returns()
      })
    let error = #expect(throws: LuaError.self) { try state.load("outer()", name: "outer.lua").call() }
    #expect(error?.kind == .runtime)
    #expect(error?.message == "outer.lua:1: inner.lua:1: deep")
  }

  @Test(arguments: [
    ("x = = 1", false, "bad.lua:1: unexpected symbol near '='"),
    ("if x then", true, "bad.lua:1: 'end' expected near <eof>"),
    ("local s = 'abc", false, "bad.lua:1: unfinished string near <eof>"),
    ("local s = [[abc", true, "bad.lua:1: unfinished long string (starting at line 1) near <eof>"),
    ("f(", true, "bad.lua:1: unexpected symbol near <eof>"),
  ])
  func aSyntaxErrorSaysWhetherMoreTextCouldHelp(_ source: String, _ isIncomplete: Bool, _ message: String) throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) { try state.load(source, name: "bad.lua") }
    #expect(error?.kind == .syntax(incomplete: isIncomplete))
    #expect(error?.message == message)
  }

  @Test func bytecodeAndLargeTextsAreRefused() throws {
    let state = try LuaState(limits: LuaLimits(source: 100))
    let bytecode = #expect(throws: LuaError.self) { try state.load([0x1B, 0x4C, 0x75, 0x61], name: "b.lua") }
    #expect(bytecode?.message == "b.lua: bytecode is refused, only source text is loaded")
    let large = #expect(throws: LuaError.self) { try state.load(String(repeating: " ", count: 101), name: "l.lua") }
    #expect(large?.message == "l.lua: source text is too large (more than 100 bytes)")
    let inside = #expect(throws: LuaError.self) { try state.load("assert(load('\\27Lua'))", name: "x").call() }
    #expect(inside?.message.contains("bytecode is refused") == true)
  }

  @Test func hostErrorsAreReleased() throws {
    let living = Living()
    do {
      let state = try LuaState()
      try state.globals.set("fail", try state.function("fail") { _ in throw Witness(living) })
      try state.load("for i = 1, 1000 do pcall(fail) end", name: "x").call()
      _ = #expect(throws: LuaError.self) { try state.load("fail()", name: "x").call() }
    }
    #expect(living.count == 0)
  }
}
