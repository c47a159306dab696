import ArgumentParser

/// `apolune users list`
struct UsersListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List users.",
    discussion: """
      EXAMPLES:
        apolune users list --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(APIAnswer(try await context.client.users()) { UserTable.render($0, TimeText(), $1) })
    }
  }
}
