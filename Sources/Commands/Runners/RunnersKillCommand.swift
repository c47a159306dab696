import ArgumentParser

/// `apolune runners kill ID`
struct RunnersKillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill",
    abstract: "End a runner at once, with the requests that it serves.",
    discussion: """
      EXAMPLES:
        apolune runners kill qwertyuiopas

      \(ExitCodes.text)
      """)

  @Argument(help: "The runner's id.") var id: String
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try await context.client.killRunner(id)
      context.confirm("\(id) is killed")
    }
  }
}
