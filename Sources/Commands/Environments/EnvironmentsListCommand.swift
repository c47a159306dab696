import ArgumentParser

/// `apolune environments list`
struct EnvironmentsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List environments.",
    discussion: """
      EXAMPLES:
        apolune environments list --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(
        APIAnswer(try await context.client.environments()) { EnvironmentTable.render($0, TimeText(), $1) })
    }
  }
}
