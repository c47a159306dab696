import AppModel
import AppScript
import ArgumentParser
import Testing

@testable import Commands
@testable import Host

@Suite struct ProgramTests {
  private static let commands: String = {
    let types: [any ParsableCommand.Type] = ApoluneCommand.configuration.subcommands
    return types.compactMap { $0.configuration.commandName }.joined(separator: ", ")
  }()

  @Test(arguments: [
    ("chek", "did you mean 'apolune check'?"), ("verison", "did you mean 'apolune version'?"),
    ("frobnicate", "the commands are \(commands); see 'apolune --help'"),
    ("apps lst", "did you mean 'apolune apps list'?"), ("machine stpo x", "did you mean 'apolune machine stop'?"),
    ("envs x", "the commands are list, create, delete; see 'apolune envs --help'"),
    ("server strat", "did you mean 'apolune server start'?"),
  ])
  func anUnknownCommandIsToldWhatWasMeant(words: String, fix: String) {
    #expect(Program.unknownCommand(words.split(separator: " ").map(String.init))?.fix == fix)
  }

  @Test(arguments: [
    ["check", "a.lua"], ["help"], ["--version"], [], ["apps"], ["app", "list"], ["server", "--data-dir", "x"], ["deploy", "x"],
    ["apps", "help"],
  ]) func knownOnesPass(arguments: [String]) {
    #expect(Program.unknownCommand(arguments) == nil)
  }

  @Test func exitCodesAreDocumented() {
    for command in [ApoluneCommand.helpMessage(), CheckCommand.helpMessage()] {
      #expect(command.contains("EXIT CODES:"))
      #expect(command.contains("64"))
    }
  }

  @Test func errorsSayHowToMendThem() {
    let error = CommandError("x", "it broke", fix: "mend it")
    #expect(error.render(.plain) == "error: it broke\n  help: mend it\n")
    #expect(error.render(.colored) == "\u{1B}[31merror:\u{1B}[0m it broke\n  \u{1B}[36mhelp:\u{1B}[0m mend it\n")
  }

  @Test func aRightScriptIsShownAndAWrongOneExplained() throws {
    var answer = CheckAnswer()
    var right = EvaluatedScript(folder: "/f", script: "a.lua")
    right.definitions = [
      AppDefinition(
        name: "words", program: .endpoints([Endpoint(path: "/", stream: false, line: 3)]),
        machines: [Machine(type: "S", cpu: 1, memory: .gigabytes(1))])
    ]
    answer.add("a.lua", right)
    var wrong = EvaluatedScript(folder: "/f", script: "b.lua")
    wrong.sources["b.lua"] = Array("ap \"x\" {}\n".utf8)
    wrong.log = "loading\u{1B}[2J\n"
    wrong.diagnostics = [
      Diagnostic(
        .error, "unknown-name", "there is no 'ap'", at: SourcePosition(file: "b.lua", line: 1, column: 1), length: 2,
        fix: "did you mean 'app'?")
    ]
    answer.add("b.lua", wrong)
    #expect(answer.errors == 1)
    #expect(answer.text(.plain).hasPrefix("words\n"))
    #expect(
      answer.problems(.plain) == """
        loading\\x1b[2J
        error[unknown-name]: there is no 'ap'
         --> b.lua:1:1
          |
        1 | ap "x" {}
          | ^^
          = help: did you mean 'app'?

        1 error

        """)
    let json = try Console.json(answer)
    #expect(json.contains("\"code\" : \"unknown-name\""))
    #expect(!json.contains("sources"))
  }

  @Test func theReferenceHasEveryOptionHookAndMachineType() throws {
    let answer = ReferenceAnswer()
    let text = answer.text(.plain)
    for option in Schema.app { #expect(text.contains("  \(option.name) ")) }
    for hook in Schema.hooks { #expect(text.contains("  \(hook.name)(\(hook.parameters))")) }
    for machine in MachineType.builtIn { #expect(text.contains("\n\(machine.name) ")) }
    #expect(answer.markdown().contains("| `keep_alive` |"))
    #expect(try Console.json(answer).contains("\"name\" : \"keep_alive\""))
  }

  @Test func theReferenceCanBeSearched() {
    let answer = ReferenceAnswer(matching: "Keep")
    #expect(answer.options.sections.flatMap(\.options).map(\.name) == ["keep_alive"])
    #expect(ReferenceAnswer(matching: "no such name").isEmpty)
    let http = ReferenceAnswer(matching: "http: the queue")
    #expect(http.text(.plain).hasPrefix("HTTP: the queue\n  POST …/OWNER/APP[/PATH] "))
    #expect(http.markdown().hasPrefix("## HTTP: the queue\n\n| name | meaning |\n"))
    #expect(ReferenceAnswer(matching: "idempotency").http.sections.map(\.rows.count) == [1])
  }
}
