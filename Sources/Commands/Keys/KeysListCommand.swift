import ArgumentParser

/// `apolune keys list`
struct KeysListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List keys; never their secrets.",
    discussion: """
      EXAMPLES:
        apolune keys list --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(APIAnswer(try await context.client.keys()) { KeyTable.render($0, TimeText(), $1) })
    }
  }
}
