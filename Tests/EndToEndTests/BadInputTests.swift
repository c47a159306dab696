import Foundation
import Testing

extension EndToEndTests {
  /// Every bad script gets a clear error with a code, from `check` and from `run`, and nothing crashes.
  @Suite struct BadInputTests {
    static let scripts: [(name: String, text: String, code: String)] = [
      ("empty", "", "file-empty"),
      ("bytecode", "\u{1B}LuaT", "bytecode"),
      ("syntax", "local app = app 'x' {", "syntax-error"),
      ("endless", "while true do end", "script-timeout"),
      ("memory", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", "script-memory"),
      ("throws", "error('on purpose')", "script-error"),
      ("no-app", "local x = 1", "no-app"),
      ("two-apps", "app 'x' { command = { 'true' } }\napp 'x' { command = { 'true' } }", "duplicate-app"),
      ("unknown-option", "app 'x' { keep_alife = 1, command = { 'true' } }", "unknown-option"),
      ("wrong-type", "app 'x' { keep_alive = {}, command = { 'true' } }", "wrong-type"),
      ("negative", "app 'x' { max_concurrency = -1, command = { 'true' } }", "out-of-range"),
      ("huge", "app 'x' { max_concurrency = 1e300, command = { 'true' } }", "out-of-range"),
      ("machine", "app 'x' { machine_type = 'GPU-H1000', command = { 'true' } }", "unknown-machine-type"),
      ("outside", "app 'x' { files = { '../secrets' }, command = { 'true' } }", "path-outside"),
    ]

    @Test(arguments: scripts.indices)
    func checkSaysWhatIsWrong(index: Int) async throws {
      let (name, text, code) = Self.scripts[index]
      let folder = try TemporaryFolder()
      let path = try folder.write("\(name).lua", text)
      let end = try await shell(Executables.apolune, ["check", path])
      #expect(end.status == 1)
      #expect(end.errors.contains(code), "\(end.errors)")
      let json = try await shell(Executables.apolune, ["check", path, "--json"])
      #expect(json.status == 1)
      #expect(json.output.contains(#""code" : "\#(code)""#) || json.output.contains(#""code":"\#(code)""#), "\(json.output)")
    }

    @Test func runRefusesABrokenScriptAsCheckDoes() async throws {
      let folder = try TemporaryFolder()
      let path = try folder.write("broken.lua", "app 'x' { keep_alife = 1, command = { 'true' } }")
      let check = try await shell(Executables.apolune, ["check", path])
      let run = try await shell(Executables.apolune, ["run", path, "--no-repl"])
      #expect(run.status == 1)
      #expect(run.errors == check.errors)
    }

    @Test func filesThatAreNoScriptsAreRefused() async throws {
      let folder = try TemporaryFolder()
      let large = folder.url.appending(path: "large.lua")
      try Data().write(to: large)
      let handle = try FileHandle(forWritingTo: large)
      try handle.truncate(atOffset: 50 << 20)
      try handle.close()
      for (path, text) in [
        (folder.url.appending(path: "missing.lua").path, "file-missing"), (folder.url.path, "file-directory"),
        (large.path, "file-too-large"),
      ] {
        let end = try await shell(Executables.apolune, ["check", path])
        #expect(end.status == 1)
        #expect(end.errors.contains(text), "\(end.errors)")
      }
    }

    @Test func aSetupThatFailsSaysWhere() async throws {
      let folder = try TemporaryFolder()
      let path = try folder.write(
        "setup.lua", "local app = app 'x' {}\nfunction app.setup()\n  error('no model')\nend\napp:endpoint('/', function() end)")
      let end = try await shell(Executables.apolune, ["run", path, "--no-repl"])
      #expect(end.status == 1)
      #expect(end.errors.contains("setup.lua:3"), "\(end.errors)")
      #expect(end.errors.contains("no model"))
    }

    @Test func aCommandThatDoesNotExistOrEndsAtOnceIsExplained() async throws {
      let folder = try TemporaryFolder()
      let missing = try folder.write("missing.lua", "app 'x' { command = { 'no-such-program' } }")
      let missed = try await shell(Executables.apolune, ["run", missing, "--no-repl"])
      #expect(missed.status == 1)
      #expect(missed.errors.contains("no-such-program"))
      let ending = try folder.write("ending.lua", "app 'x' { command = { 'sh', '-c', 'echo last words >&2; exit 3' } }")
      let ended = try await shell(Executables.apolune, ["run", ending, "--no-repl"])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("last words"), "\(ended.errors)")
    }
  }
}
