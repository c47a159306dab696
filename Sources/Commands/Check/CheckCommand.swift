import ArgumentParser
import Host

/// `apolune check FILE…`
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check scripts and a server's configuration, and show what they define.",
    discussion: """
      Each script is evaluated in a process of its own, and nothing is started. What it defines is printed with \
      every default filled in. All problems are reported at once, on standard error, each with its place and a way to \
      mend it.

      EXAMPLES:
        apolune check app.lua
        apolune check server.lua
        apolune check --json Examples/*.lua

      EXIT CODES:
        0   every script is right; there may be warnings
        1   a script has an error
        64  the command line is wrong
      """)

  @Argument(help: "Lua files.", completion: .file(extensions: ["lua"])) var files: [String]

  @Flag(help: "Print definitions and diagnostics as JSON.") var json = false

  func run() async throws {
    let console = Console()
    let evaluator = ScriptEvaluator(runner: try RunnerExecutable.find(environment: console.environment))
    var answer = CheckAnswer()
    for file in files { answer.add(file, try await evaluator.check(file)) }
    try console.show(answer, as: json ? .json : .text)
    if answer.errors > 0 { throw ExitCode(1) }
  }
}
