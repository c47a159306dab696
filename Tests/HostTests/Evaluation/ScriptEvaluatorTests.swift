import AppModel
import AppScript
import FoundationEssentials
import Glibc
import Host
import Testing
import Platform

@Suite struct ScriptEvaluatorTests {
  let folder: TemporaryFolder
  let script: String

  init() throws {
    folder = try TemporaryFolder()
    script = try folder.write("local app = app \"words\" {}\n", to: "app.lua")
  }

  private func evaluate(
    with runner: String, path: String? = nil, timeMax: Duration = .seconds(20)
  ) async throws -> EvaluatedScript {
    let fake = try FakeRunner(runner)
    return try await ScriptEvaluator(runner: fake.path, timeMax: timeMax).evaluate(path ?? script)
  }

  @Test func aReportIsValidated() async throws {
    let report =
      #"{"diagnostics":[{"severity":"error","code":"syntax","message":"m","length":0,"#
      + #""position":{"file":"app.lua","line":1,"column":2}}]}"#
    let evaluated = try await evaluate(with: "echo hello >&2; echo '\(report)'")
    #expect(evaluated.log == "hello\n")
    #expect(evaluated.diagnostics.map(\.code) == ["syntax"])
    #expect(evaluated.diagnostics.first?.position?.file == script)
    #expect(evaluated.sources[script] != nil)
    #expect(evaluated.hasErrors && evaluated.definitions.isEmpty)
    #expect(evaluated.watchedFiles == [script])
  }

  /// A report as the runner prints it for `server { listen = … }`, with an app or without.
  private func report(listen: String, withApp: Bool = false) throws -> String {
    let mark = SourceMark(SourcePosition(file: "app.lua", line: 1, column: 1), length: 6)
    let field = DraftField(key: "listen", keyMark: mark, value: DraftValue(.text(listen), at: mark))
    var draft = Draft(file: "app.lua")
    draft.servers = [DraftServer(mark: mark, options: DraftValue(.table(items: [], fields: [field]), at: mark))]
    if withApp {
      draft.apps = [DraftApp(name: "words", nameMark: mark, options: DraftValue(.table(items: [], fields: []), at: mark))]
    }
    return String(decoding: try JSONEncoder().encode(ScriptReport(draft: draft, diagnostics: [])), as: UTF8.self)
  }

  @Test func aServersConfigurationIsRecognisedAndRead() async throws {
    let fake = try FakeRunner("echo hello >&2; echo '\(try report(listen: "0.0.0.0:80"))'")
    guard case .configuration(let checked) = try await ScriptEvaluator(runner: fake.path).check(script) else {
      Issue.record("taken for a script")
      return
    }
    #expect(checked.configuration?.listen == ListenAddress(host: "0.0.0.0", port: 80))
    #expect(checked.folder == folder.path && checked.log == "hello\n" && checked.sources[script] != nil)
    #expect(try await ScriptEvaluator(runner: fake.path).evaluateConfiguration(script) == checked)
    // Who wants an app is told that this is none.
    #expect(try await ScriptEvaluator(runner: fake.path).evaluate(script).diagnostics.map(\.code) == ["server-configuration"])
  }

  @Test func mistakesInAConfigurationNameTheFileAsItWasGiven() async throws {
    let fake = try FakeRunner("echo '\(try report(listen: "80"))'")
    let evaluated = try await ScriptEvaluator(runner: fake.path).evaluateConfiguration(script)
    #expect(evaluated.configuration == nil && evaluated.hasErrors)
    #expect(evaluated.diagnostics.map(\.code) == ["bad-address"])
    #expect(evaluated.diagnostics.first?.position?.file == script)
    let missing = try await ScriptEvaluator(runner: fake.path).evaluateConfiguration(folder.file("none.lua"))
    #expect(missing.diagnostics.map(\.code) == ["file-missing"])
  }

  @Test func aFileWithBothIsAScriptWithAMistake() async throws {
    let fake = try FakeRunner("echo '\(try report(listen: "0.0.0.0:80", withApp: true))'")
    guard case .script(let checked) = try await ScriptEvaluator(runner: fake.path).check(script) else {
      Issue.record("taken for a configuration")
      return
    }
    #expect(checked.diagnostics.map(\.code).contains("app-in-configuration"))
    let evaluated = try await ScriptEvaluator(runner: fake.path).evaluateConfiguration(script)
    #expect(evaluated.diagnostics.map(\.code) == ["app-in-configuration"])
  }

  @Test func theRunnerIsToldTheScriptAndItsFolder() async throws {
    let words = folder.file("words")
    await #expect(throws: EvaluationFailure.self) { try await evaluate(with: "printf '%s\\n' \"$@\" > \(words)") }
    let file = try #require(fopen(words, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = fread(&bytes, 1, bytes.count, file)
    #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "evaluate\n\(script)\n--folder\n\(folder.path)\n")
  }

  @Test(arguments: [
    ("kill -SEGV $$", "script-crashed", "SIGSEGV"), ("kill -9 $$", "script-crashed", "SIGKILL"),
    ("exec sleep 30", "script-timeout", "within 2 s"), ("exec yes", "script-too-much", "16 MB"),
  ])
  func whatAScriptDoesToItsProcessIsADiagnostic(runner: String, code: String, part: String) async throws {
    let timeMax = code == "script-timeout" ? Duration.seconds(2) : .seconds(20)
    let evaluated = try await evaluate(with: runner, timeMax: timeMax)
    let diagnostic = try #require(evaluated.diagnostics.first)
    #expect(diagnostic.code == code)
    #expect(diagnostic.message.contains(part))
    #expect(diagnostic.fix != nil)
  }

  @Test(arguments: [
    ("missing.lua", "file-missing"), ("folder", "file-directory"), ("empty.lua", "file-empty"),
    ("large.lua", "file-too-large"), ("pipe.lua", "file-special"), ("code.lua", "bytecode"),
  ])
  func aFileThatIsNoScriptStartsNothing(name: String, code: String) async throws {
    folder.makeFolder("folder")
    try folder.write(" \n", to: "empty.lua")
    try folder.write("\u{1B}Lua", to: "code.lua")
    try folder.write("", to: "large.lua")
    truncate(folder.file("large.lua"), 50 << 20)
    mkfifo(folder.file("pipe.lua"), 0o600)
    let mark = folder.file("started")
    let evaluated = try await evaluate(with: "touch \(mark)", path: folder.file(name))
    #expect(evaluated.diagnostics.map(\.code) == [code])
    #expect(access(mark, F_OK) != 0)
  }

  @Test func anAnswerThatIsNoReportIsAFaultOfThisMachine() async throws {
    do {
      _ = try await evaluate(with: "echo 'unknown command' >&2; exit 2")
      Issue.record("this should throw")
    } catch let error as EvaluationFailure {
      #expect(error.code == "runner-answer")
      #expect("\(error)".hasSuffix("gave no report: it says: unknown command"))
    }
  }

  @Test func aRunnerThatCannotBeStartedIsToldApart() async throws {
    await #expect(throws: EvaluationFailure.runnerNotStarted(path: "/no/such", SystemError("posix_spawn", ENOENT))) {
      try await ScriptEvaluator(runner: "/no/such").evaluate(script)
    }
  }
}
