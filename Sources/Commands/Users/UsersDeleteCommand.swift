import ArgumentParser

/// `apolune users delete NAME`
struct UsersDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a user with every key.",
    discussion: """
      EXAMPLES:
        apolune users delete bob

      \(ExitCodes.text)
      """)

  @Argument(help: "The user's name.") var name: String
  @Flag(name: [.customShort("y"), .long], help: "Do not ask for the name again.") var yes = false
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try Confirmation(warning: "\(name) and every key of theirs will be deleted for good.", word: name)
        .ask(isAgreed: yes, context.console)
      try await context.client.deleteUser(name)
      context.confirm("\(name) is deleted")
    }
  }
}
