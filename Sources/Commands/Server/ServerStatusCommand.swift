import ArgumentParser

/// `apolune server status`
struct ServerStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the server that runs.",
    discussion: """
      EXAMPLES:
        apolune server status --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(
        APIAnswer(try await context.client.status()) { StatusText.render($0, now: TimeText.now(), $1) })
    }
  }
}
