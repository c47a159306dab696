import ArgumentParser

/// `apolune apps delete APP`
struct AppsDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete an app with its revisions; its runners finish what they serve.",
    discussion: """
      EXAMPLES:
        apolune apps delete words
        apolune apps delete words --env staging --yes

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let calls = try await context.app(app, environment)
      // A name that is wrong is said before anybody is asked.
      let info = try await calls.info()
      let warning = "\(info.owner)/\(info.name) in \(info.environment) and its revisions will be deleted."
      try Confirmation(warning: warning, word: "yes").ask(isAgreed: yes, context.console)
      try await calls.delete()
      context.confirm("\(info.owner)/\(info.name) is deleted from \(info.environment)")
    }
  }
}
