import AppScript
import Foundation
import Lua
import Testing

@Suite struct EvaluateTests {
  private struct Output {
    var report: ScriptReport?
    var errors: String
    var status: ExitStatus
  }

  private func evaluate(_ files: [String: String], script: String = "app.lua", arguments: [String] = []) throws -> Output {
    let folder = FileManager.default.temporaryDirectory.path + "/evaluate-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    let program = try ChildProgram([TestRunner.executable, "evaluate", folder + "/" + script] + arguments, in: folder)
    let status = try program.waitForExit()
    let report = try? LuaJSON.decode(ScriptReport.self, from: Array(program.output.utf8))
    return Output(report: report, errors: program.errors, status: status)
  }

  @Test func aReportIsPrinted() throws {
    let output = try evaluate(["app.lua": "print('hi') local app = app 'test' {} app:endpoint('/', function() end)"])
    #expect(output.status == .code(0))
    #expect(output.errors == "hi\n")
    let report = try #require(output.report)
    #expect(report.diagnostics.isEmpty)
    #expect(report.draft?.apps.map(\.name) == ["test"])
    #expect(report.draft?.apps.first?.endpoints.map(\.path) == ["/"])
  }

  @Test(arguments: [
    "", "x = = 1", "while true do end", "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end", "error('e')",
    "error({})",
    "\u{1b}Lua", "http.get('http://127.0.0.1')", "sleep(1)", "secret('x')",
    "local t = setmetatable({}, { __index = error }) return t.x",
    "return coroutine.wrap(function() while true do coroutine.yield() end end)()  , app", "app = nil", "app(app)(app)",
    "app 'x' (app)",
    "string.rep('x', -1) ; ('x'):rep(1e10)", "require 'nothing'", "files.write('/data/x', 'y')", "request:send(1)",
    "local a = app 'x' {} a:endpoint(a, a, a)", "setmetatable(_G, nil) _G = nil",
    "error(setmetatable({}, { __tostring = function() error('x') end }))",
  ])
  func noScriptBringsItDown(source: String) throws {
    let output = try evaluate(["app.lua": source])
    #expect(output.status == .code(0), "\(output.errors)")
    #expect(output.report != nil)
  }

  @Test func filesBesideTheScriptAreRead() throws {
    let source = "print(files.read('data.txt')) local app = app 'test' {} app:endpoint('/', function() end)"
    let output = try evaluate(["app.lua": source, "data.txt": "content"])
    #expect(output.errors == "content\n")
    #expect(output.report?.diagnostics.isEmpty == true)
  }

  @Test func aMissingScriptIsADiagnostic() throws {
    let output = try evaluate([:], script: "none.lua")
    #expect(output.status == .code(0))
    #expect(output.report?.diagnostics.first?.code == "file-missing")
  }

  @Test(arguments: [["--nonsense"], ["--folder"], ["another"]]) func aWrongCommandLineIsRefused(arguments: [String]) throws {
    let output = try evaluate(["app.lua": ""], arguments: arguments)
    #expect(output.status == .code(2))
    #expect(output.report == nil)
  }
}
