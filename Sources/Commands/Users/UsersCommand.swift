import ArgumentParser

/// `apolune users`
struct UsersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "Let others have keys of their own: they may call shared apps.",
    discussion: """
      EXAMPLES:
        apolune users create bob
        apolune keys create --user bob --preset API
        apolune users delete bob

      \(ExitCodes.text)
      """,
    subcommands: [UsersListCommand.self, UsersCreateCommand.self, UsersDeleteCommand.self])
}
