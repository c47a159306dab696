import ArgumentParser
import ControlAPI

/// `apolune runners stop ID`
struct RunnersStopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop a runner when it has finished what it serves.",
    discussion: """
      EXAMPLES:
        apolune runners stop qwertyuiopas --replace

      \(ExitCodes.text)
      """)

  @Argument(help: "The runner's id.") var id: String
  @Flag(name: [.short, .long], help: "Start its replacement first.") var replace = false
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try await context.client.stopRunner(id, RunnerStop(replaces: replace))
      context.confirm(replace ? "\(id) stops when its replacement is ready" : "\(id) stops when it has finished what it serves")
    }
  }
}
