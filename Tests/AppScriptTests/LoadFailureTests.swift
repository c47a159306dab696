import AppModel
import Glibc
import Lua
import Testing

@testable import AppScript

@Suite struct LoadFailureTests {
  /// Each case: a script, and the codes and places of its problems.
  @Test(arguments: [
    ("app.lua", "x = ", ["syntax-error 1:5+0"]),
    ("", "local app = app \"a\" {\n  auth = \"x\"\n  env = {},\n}", ["syntax-error 3:3+3"]),
    ("", "local a = b.c", ["undefined-name 1:11+1"]),
    ("", "function setup(ctx) end", ["global-assignment 1:10+5"]),
    ("", "error('no')", ["script-error 1:1+11"]),
    ("", "local t = nil\nlocal x = t.y", ["script-error 2:11+1"]),
    ("", "app 'a' {}\nerror({})", ["script-error 2:1+9"]),
    ("", "app {}", ["app-without-name 1:1+6"]),
    ("", "app()", ["app-without-name 1:1+5"]),
    ("", "app('a', {})", ["app-call 1:1+12"]),
    ("", "local a = app 'a'", ["app-without-options 1:15+3"]),
    ("", "local a = app 'a'\na.x = 1", ["app-without-options 1:15+3"]),
    ("", "machine 'a'\nlocal a = app 'a' {} a:endpoint('/', function() end)", ["machine-without-options 1:9+3"]),
    ("", "machine {}", ["machine-without-name 1:1+10"]),
    ("", "app 'a' {}\nfunction app.setup() end", ["app-not-kept 2:1+24"]),
    ("", "local x = machine.M", ["machine-not-kept 1:1+19"]),
    ("", "local a = app 'a' {}\na.endpoint('/', function() end)", ["endpoint-call 2:1+31"]),
    ("", "local a = app 'a' {}\na[1] = 2", ["bad-field 2:1+8"]),
    ("", "local b = app 'a'\nlocal a = b {}\nb {}", ["app-call 3:1+4"]),
    ("", "require '../x'", ["bad-module-name 1:1+14"]),
    ("", "while true do end", ["script-timeout 1:1+17"]),
    ("", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", ["script-memory -+0"]),
    ("", "pcall(error) while true do pcall(function() while true do end end) end", ["script-timeout 1:1+70"]),
  ])
  func whatStopsAScriptIsReportedWithItsPlace(_: String, source: String, places: [String]) throws {
    #expect(try check(source).places == places)
  }

  @Test func whatWasWrongBeforeTheErrorIsReportedToo() throws {
    let validation = try check("local app = app 'a' { keepalive = 1 }\nfunction app.setpu() end\nlocal x = nil + 1")
    #expect(validation.places == ["unknown-option 1:23+9", "unknown-hook 2:14+5", "script-error 3:1+17"])
  }

  @Test(arguments: [
    ("if a != b then end", "'not equal' is ~= in Lua"),
    ("local a = 1 a += 1", "Lua has no +=; write x = x + …"),
    ("if a && b then end", "'and' is a word in Lua"),
    ("if a || b then end", "'or' is a word in Lua"),
    ("// comment", "comments begin with -- in Lua"),
    ("# comment", "comments begin with -- in Lua"),
    ("local t = { \"a\": 1 }", "fields are written key = value"),
    ("local t = { a = 1 b = 2 }", "a comma may be missing before it"),
    ("local s = \"abc", "end the text on its own line, or write it as [[ … ]]"),
    ("function f()", "add the missing end"),
    ("if a = b then end", "compare with =="),
    ("end", "there may be one 'end' too many, or a bracket missing before it"),
  ])
  func syntaxErrorsComeWithAdvice(source: String, advice: String) throws {
    let validation = try check(source)
    #expect(validation.codes == ["syntax-error"] && validation.diagnostics[0].fix == advice)
  }

  @Test func modulesThatCannotBeLoadedAreReportedWhereTheyStand() throws {
    let broken = try check("require 'm'", modules: ["m.lua": "local x = \n}"])
    #expect(broken.codes == ["syntax-error"] && broken.diagnostics[0].position?.file == "m.lua")
    let missing = try check("require 'nope'")
    #expect(missing.codes == ["missing-module"] && missing.diagnostics[0].position?.line == 1)
    let byte = try check("require 'm'", modules: ["m.lua": "\u{1B}Lua"])
    #expect(byte.hasErrors)
  }

  @Test func modulesThatRequireEachOtherAreACycle() throws {
    let validation = try check("require 'a'", modules: ["a.lua": "require 'b'", "b.lua": "require 'a'"])
    #expect(validation.codes == ["module-cycle"] && validation.diagnostics[0].position?.file == "b.lua")
  }

  @Test func thereIsALimitToModules() throws {
    let source = "for i = 1, \(ModuleFinder.modulesMax + 1) do require('m' .. i) end"
    let state = try newState(time: .seconds(20))
    let loader = ScriptLoader(state: state) { _ in Array("return 1".utf8) }
    let failure = #expect(throws: ScriptFailure.self) { _ = try loader.load(source: Array(source.utf8), name: "app.lua") }
    #expect(failure?.diagnostics.map(\.code) == ["too-many-modules"])
  }

  @Test func nothingCanBeWaitedForWhileAScriptLoads() throws {
    let state = try newState()
    try state.globals.rawSet("sleep", state.function("sleep") { call in try call.suspend { _ in } })
    let failure = #expect(throws: ScriptFailure.self) { _ = try load("local a = 1\nsleep(1)", state: state) }
    #expect(failure?.diagnostics.map(\.code) == ["wait-while-loading"] && failure?.diagnostics[0].position?.line == 2)
  }

  @Test func aScriptCanBeInterruptedWhileItLoads() throws {
    let state = try newState()
    let interrupter = state.interrupter
    try state.globals.rawSet(
      "stop",
      state.function("stop") { call in
        interrupter.interrupt()
        return call.returns()
      })
    let failure = #expect(throws: ScriptFailure.self) { _ = try load("stop() while true do end", state: state) }
    #expect(failure?.diagnostics.map(\.code) == ["script-interrupted"])
  }

  @Test func aModuleMustNotLeadOutOfTheFolder() throws {
    let folder = try TemporaryFolder()
    let other = try TemporaryFolder()
    try other.write("secret.lua", "return 1")
    #expect(symlink(other.path + "/secret.lua", folder.path + "/leak.lua") == 0)
    let loader = ScriptLoader(state: try newState(), folder: try BundleFolder(root: folder.path))
    let failure = #expect(throws: ScriptFailure.self) { _ = try loader.load(source: Array("require 'leak'".utf8), name: "a.lua") }
    #expect(failure?.diagnostics.map(\.code) == ["module-outside"])
  }

  @Test func sourcesThatCannotBeScriptsAreRefused() throws {
    #expect(try check("").codes == ["file-empty"])
    #expect(try check("\u{1B}Lua").codes == ["bytecode"])
    #expect(try check(String(repeating: " x", count: 1 << 20)).codes == ["file-too-large"])
  }

  @Test(arguments: [
    ("local a = app 'a' {}\na.setup = 5\na:endpoint('/', function() end)", ["hook-not-function 2:3+5"]),
    ("local a = app 'a' {}\na.keep_alive = 5\na:endpoint('/', function() end)", ["option-as-state 2:3+10"]),
    (
      "local a = app 'a' {}\nfunction a.setup() end\na.setup = function()\nend\na:endpoint('/', function() end)",
      ["duplicate-hook 3:3+5"]
    ),
    ("local a = app 'a' { auth = 'public', auth = 'shared' }\na:endpoint('/', function() end)", ["duplicate-key 1:21+4"]),
    ("local a = app 'a' {}\na:endpoint('/')", ["no-handler 2:12+3", "no-program 1:15+3"]),
    ("local a = app 'a' {}\na:endpoint('/', {})", ["no-handler 2:12+3", "no-program 1:15+3"]),
    ("local a = app 'a' {}\na:endpoint(7, print)", ["undefined-name 2:15+5"]),
    ("local a = app 'a' {}\na:endpoint({}, function() end)", ["wrong-type 2:1+30", "no-program 1:15+3"]),
    ("local a = app 'a' {}\na:endpoint('/', 5, function() end)", ["wrong-type 2:1+34"]),
  ])
  func mistakesThatAScriptSurvivesAreReportedWithTheirPlaces(source: String, places: [String]) throws {
    #expect(Set(try check(source).places) == Set(places))
  }
}
