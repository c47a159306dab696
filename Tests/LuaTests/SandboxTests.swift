import Testing

@testable import Lua

@Suite struct SandboxTests {
  @Test(arguments: ["io", "os", "debug", "package", "dofile", "loadfile", "print", "loadstring"])
  func aScriptHasNoWayOut(_ name: String) throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) { try state.load("local x = \(name)", name: "x.lua").call() }
    #expect(error?.message == "x.lua:1: undefined name '\(name)'")
    #expect(try state.load("return rawget(_G, '\(name)') == nil", name: "x").call(returning: Bool.self))
  }

  @Test(arguments: [
    ("x = 1", "s.lua:1: assignment to undeclared global 'x': write 'local x'"),
    ("\nfunction f() end", "s.lua:2: assignment to undeclared global 'f': write 'local function f'"),
    ("return nme", "s.lua:1: undefined name 'nme'"),
    ("return _G.other", "s.lua:1: undefined name 'other'"),
    ("setmetatable(_G, nil)", "s.lua:1: cannot change a protected metatable"),
    ("setmetatable({}, {__gc = print})", "s.lua:1: undefined name 'print'"),
    ("setmetatable({}, {__gc = true})", "s.lua:1: __gc is not available here"),
    ("collectgarbage()", "s.lua:1: collectgarbage: only \"count\" is available here"),
    ("coroutine.yield()", "s.lua:1: attempt to yield from outside a coroutine"),
    ("load('x', 'n', 'b')", "s.lua:1: only source text is loaded here (mode \"t\")"),
    ("assert(load('y = 1', '=chunk'))()", "chunk:1: assignment to undeclared global 'y': write 'local y'"),
    ("require('m')", "s.lua:1: module 'm' not found"),
  ])
  func aMistakeIsAnErrorWithItsPosition(_ source: String, _ message: String) throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) { try state.load(source, name: "s.lua").call() }
    #expect(error?.message == message)
  }

  @Test(arguments: [
    "return string.dump == nil", "return ('x').dump == nil", "return getmetatable('') == false",
    "return type(collectgarbage('count')) == 'number'", "return select('#', 1, nil, 3) == 3",
    "local t = {5, 3, 9, 1} table.sort(t) return table.concat(t, ',') == '1,3,5,9'",
    "local t = {} for i = 1, 1000 do t[i] = (i * 7919) % 1009 end table.sort(t) "
      + "for i = 2, #t do if t[i - 1] > t[i] then return false end end return true",
    "local t = {} for i = 1, 500 do t[i] = 1 end table.sort(t, function(a, b) return a > b end) return #t == 500",
    "local t = {} for i = 1, 3000 do t[i] = i end table.sort(t, function(a, b) return a > b end) return t[1] == 3000 and t[3000] == 1",
    "return not pcall(table.sort, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, function() return true end) or true",
    "local t = {1, 2, 3} table.insert(t, 2, 9) return table.concat(t) == '1923' and table.remove(t, 1) == 1 and #t == 3",
    "return table.concat(table.move({1, 2, 3}, 1, 3, 2), ',') == '1,1,2,3'",
    "return table.concat(table.move({1, 2, 3}, 2, 3, 1), ',') == '2,3,3'",
    "local a, b, c = table.unpack({1, 2, 3}) return a + b + c == 6 and table.pack(1, nil).n == 2",
    "return utf8.len('grüße') == 5 and utf8.offset('grüße', 4) == 5 and utf8.len('\\xff') == nil",
    "return utf8.len('\\u{7FFFFFFF}', 1, -1, true) == 1 and utf8.offset('aé', -1) == 2",
    "local ok, e = pcall(error, {1}) return not ok and e[1] == 1",
    "local ok, a, b = pcall(function(...) return ... end, 1, 2) return ok and a == 1 and b == 2",
    "local ok, e = xpcall(function() error('x', 0) end, function(m) return m .. '!' end) return not ok and e == 'x!'",
    "local ok, a = xpcall(function(...) return select('#', ...) end, error, 1, 2, 3) return ok and a == 3",
    "local f = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return f(1) == 2 and f(5) == 10",
    "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return coroutine.status(co) == 'suspended' "
      + "and coroutine.close(co) and coroutine.status(co) == 'dead'",
    "local co = coroutine.create(function() error('x', 0) end) local ok, e = coroutine.resume(co) "
      + "return not ok and e == 'x' and coroutine.status(co) == 'dead'",
    "local _, m = coroutine.running() return m and not coroutine.isyieldable()",
    "return load('return 1 + 1')() == 2 and load(function() return nil end)() == nil",
    "local e = {y = 3} return load('return y', 'c', 't', e)() == 3",
    "local x, m = load('x = = 1') return x == nil and m:find('unexpected symbol') ~= nil",
    "return math.type(3) == 'integer' and tostring(nil) == 'nil' and #'abc' == 3",
  ])
  func theLibrariesWorkAsInLua(_ source: String) throws {
    let state = try LuaState()
    #expect(try state.load(source, name: "x").call(returning: Bool.self))
  }

  @Test func aWritableEnvironmentKeepsGlobalsToItself() throws {
    let state = try LuaState()
    let prompt = try state.environment(writable: true)
    try state.load("x = 5 function f() return x end", name: "p", environment: prompt).call()
    #expect(try state.load("return f()", name: "p", environment: prompt).call(returning: Int.self) == 5)
    let undefined = #expect(throws: LuaError.self) { try state.load("return z", name: "p", environment: prompt).call() }
    #expect(undefined?.message == "p:1: undefined name 'z'")
    _ = #expect(throws: LuaError.self) { try state.load("return x", name: "other").call() }
  }

  @Test func aScriptCannotBreakTheMethodsOfStrings() throws {
    let state = try LuaState()
    let source = "string.rep = nil string.upper = function() return 'evil' end return ('a'):rep(2) .. ('b'):upper()"
    #expect(try state.load(source, name: "x").call(returning: String.self) == "aaB")
  }
}

@Suite struct ModuleTests {
  private func state(_ modules: [String: String]) throws -> LuaState {
    let state = try LuaState()
    state.modules = { name in modules[name].map { LuaModule(source: Array($0.utf8), name: name + ".lua") } }
    return state
  }

  @Test func aModuleIsLoadedOnceAndShared() throws {
    let state = try state(["lib.count": "local t = {n = 0} function t.add() t.n = t.n + 1 return t.n end return t"])
    let source = "local a, b = require 'lib.count', require 'lib.count' a.add() return b.add(), a == b"
    let results = try state.load(source, name: "x").call(arguments: [])
    guard case .integer(2) = results[0], case .boolean(true) = results[1] else { return #expect(Bool(false), "\(results)") }
  }

  @Test func aCycleIsAClearError() throws {
    let state = try state(["a": "return require 'b'", "b": "return require 'a'"])
    let error = #expect(throws: LuaError.self) { try state.load("require 'a'", name: "x.lua").call() }
    #expect(error?.message == "b.lua:1: module 'a' requires itself (a cycle)")
    #expect(error?.traceback?.contains("a.lua:1") == true && error?.traceback?.contains("x.lua:1") == true)
  }

  @Test func aModulesMistakeHasItsOwnPositionAndItCanBeTriedAgain() throws {
    let state = try state(["bad": "local x = 1\ny = 2", "broken": "x = = 1", "none": "local a = 1"])
    for _ in 0..<2 {
      let error = #expect(throws: LuaError.self) { try state.load("require 'bad'", name: "x.lua").call() }
      #expect(error?.message == "bad.lua:2: assignment to undeclared global 'y': write 'local y'")
    }
    let syntax = #expect(throws: LuaError.self) { try state.load("require 'broken'", name: "x.lua").call() }
    #expect(syntax?.message == "broken.lua:1: unexpected symbol near '='")
    #expect(try state.load("return require 'none'", name: "x").call(returning: Bool.self))
    let missing = #expect(throws: LuaError.self) { try state.load("require 'gone'", name: "x.lua").call() }
    #expect(missing?.message == "x.lua:1: module 'gone' not found")
  }

  @Test func aModuleMayWaitWhileItLoads() throws {
    let state = try state(["slow": "return wait()"])
    var suspension: LuaSuspension?
    try state.globals.set("wait", try state.function("wait") { call in try call.suspend { suspension = $0 } })
    var result: Int?
    try state.task(try state.load("return require 'slow'", name: "x")) { result = try? $0.result(1) }.start()
    suspension?.resume(returning: 9)
    #expect(result == 9)
  }
}
