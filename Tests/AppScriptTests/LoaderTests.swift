import AppModel
import Lua
import Testing

@testable import AppScript

@Suite struct LoaderTests {
  private let words = """
    --- Counts words
    local app = app "words" { machine_type = "M", max_multiplexing = 4 }

    function app.setup(ctx)
      app.greeting = "hi"
      app.helper = function() return app.greeting .. "!" end
    end

    app:endpoint("/", function(input) return app.helper() end)
    app:endpoint("/stream", { stream = true }, function(input, request) return 2 end)

    app.limit = 7
    """

  @Test func aScriptBecomesADraftWithFunctions() throws {
    let script = try load(words)
    #expect(script.diagnostics.isEmpty)
    let app = try #require(script.draft.apps.first)
    #expect(app.name == "words" && app.summary == "Counts words" && app.hooks.map(\.name) == ["setup"])
    #expect(app.endpoints.map(\.path) == ["/", "/stream"] && app.endpoints.map(\.line) == [9, 10])
    #expect(app.nameMark == SourceMark(SourcePosition(file: "app.lua", line: 2, column: 17), length: 7))
    #expect(app.hooks[0].mark == SourceMark(SourcePosition(file: "app.lua", line: 4, column: 14), length: 5))
    let definition = try #require(Validator().validate(script.report).definitions.first)
    #expect(definition.machines.map(\.type) == ["M"] && definition.scaling.maxMultiplexing == 4)
    #expect(script.handler(app: "words", path: "/none") == nil && script.hook(app: "other", name: "setup") == nil)
  }

  @Test func onceLoadedTheAppIsPlainState() throws {
    let script = try load(words)
    let setup = try #require(script.hook(app: "words", name: "setup"))
    let handler = try #require(script.handler(app: "words", path: "/"))
    try setup.call()
    #expect(try handler.call(returning: String.self) == "hi!")
    let table = try #require(script.table(app: "words"))
    #expect(try table.get("limit", as: Int.self) == 7)
  }

  @Test func hooksCanCallEachOther() throws {
    let script = try load(
      """
      local app = app "a" {}
      function app.teardown() return "down" end
      function app.handle_exit() return app.teardown() end
      app:endpoint("/", function() end)
      """)
    #expect(try script.hook(app: "a", name: "handle_exit")?.call(returning: String.self) == "down")
  }

  @Test func endpointsAreRefusedOnceLoaded() throws {
    let script = try load("local app = app \"a\" {}\napp:endpoint(\"/\", function() app:endpoint(\"/b\", function() end) end)")
    let error = #expect(throws: LuaError.self) { try script.handler(app: "a", path: "/")?.call() }
    #expect(error?.message.contains("endpoints are defined while the script loads") == true)
    #expect((error?.underlying as? ScriptMistake)?.code == "endpoint-too-late")
  }

  @Test func theReportSurvivesTheJourneyAsJSON() throws {
    let report = try load(words).report
    #expect(try LuaJSON.decode(ScriptReport.self, from: LuaJSON.encode(report)) == report)
    let validation = Validator().validate(report)
    #expect(try LuaJSON.decode([AppDefinition].self, from: LuaJSON.encode(validation.definitions)) == validation.definitions)
  }

  @Test func modulesAreFoundBesideTheScriptAndTravel() throws {
    let script = try load(
      """
      local one = require "lib.one"
      local app = app "a" { version = one.version }
      app:endpoint("/", function() return require("late") end)
      """, name: "dir/app.lua",
      modules: ["lib/one.lua": "return { version = '1' }", "late/init.lua": "return require 'later'", "later.lua": "return 5"])
    #expect(script.draft.modules == ["late/init.lua", "later.lua", "lib/one.lua"])
    #expect(Validator().validate(script.report).definitions.first?.version == "1")
    #expect(try script.handler(app: "a", path: "/")?.call(returning: Int.self) == 5)
  }

  @Test func aScriptThatIsServedIsNotScanned() throws {
    let source = "local late = function() return require 'm' end\nlocal app = app 'a' { auht = 1 }\n" + "app:endpoint('/', late)"
    var loader = ScriptLoader(state: try newState()) { path in path == "m.lua" ? Array("return 5".utf8) : nil }
    loader.detail = .lines
    let script = try loader.load(source: Array(source.utf8), name: "app.lua")
    #expect(script.draft.modules.isEmpty)
    #expect(Validator().validate(script.report).places == ["unknown-option 2:1+32"])
    #expect(try script.handler(app: "a", path: "/")?.call(returning: Int.self) == 5)
  }

  @Test func machinesMayStandInAModule() throws {
    let validation = try check(
      "require 'machines'\nlocal app = app 'a' { machine_type = 'BIG' }\napp:endpoint('/', function() end)",
      modules: ["machines.lua": "machine 'BIG' { cpu = 64, memory = '256GB',\n  prise = 3 }"])
    #expect(validation.places == ["unknown-option 2:3+5"] && validation.diagnostics[0].position?.file == "machines.lua")
  }

  @Test func namesOfFilesAreNoted() throws {
    let script = try load("local app = app 'a' {}\napp:endpoint('/', function() return files.read('x.json') end)")
    #expect(script.draft.literals == ["x.json"])
  }

  @Test func aShebangAndAByteOrderMarkAreNoErrors() throws {
    #expect(
      try check("\u{FEFF}#!/usr/bin/env apolune\nlocal a = app 'a' { auht = 1 }\na:endpoint('/', function() end)").places == [
        "unknown-option 2:21+4"
      ])
  }

  @Test func whatCannotBeWrittenInATableIsNoOption() throws {
    let validation = try check(
      """
      local loop = {} loop.loop = loop
      local a = app "a" {
        env = loop, version = "\\xff", owner = coroutine.create(next),
        regions = { [3] = "eu" }, keep_alive = 1/0, files = { nil, "x" },
      }
      a:endpoint("/", function() end)
      """)
    #expect(validation.codes.allSatisfy { ["wrong-type", "not-finite", "named-value", "bad-variable"].contains($0) })
    #expect(validation.hasErrors)
  }

  @Test func machinesOnOneLineKeepTheirOwnPlaces() throws {
    let validation = try check(
      "machine 'A' { cpux = 1 } machine 'B' { cpuy = 2 }\nlocal a = app 'a' {} a:endpoint('/', function() end)")
    #expect(validation.places.filter { $0.hasPrefix("unknown") } == ["unknown-option 1:15+4", "unknown-option 1:40+4"])
  }

  @Test func aLoopMayMakeApps() throws {
    let script = try load(
      "for _, name in ipairs { 'a', 'b' } do\n  local it = app(name) {}\n  it:endpoint('/', function() end)\nend")
    #expect(Validator().validate(script.report).definitions.map(\.name) == ["a", "b"])
    let validation = try check("for i = 1, 5000 do app('a' .. i) {} end")
    #expect(validation.codes.contains("too-many-apps"))
  }

  @Test func nothingIsKeptAliveByALoadedScript() throws {
    weak var weakScript: LoadedScript?
    weak var weakState: LuaState?
    do {
      let state = try newState()
      let script = try load(words, state: state)
      weakScript = script
      weakState = state
    }
    #expect(weakScript == nil && weakState == nil)
  }
}
