import ArgumentParser

/// `apolune apps delete-rev REV`
struct AppsDeleteRevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete-rev",
    abstract: "Delete a revision that takes no traffic.",
    discussion: """
      EXAMPLES:
        apolune apps delete-rev words-2
        apolune apps delete-rev words 2 --yes

      \(ExitCodes.text)
      """)

  @Argument(help: "The revision, words-2; or the app.") var app: String
  @Argument(help: "After the app: its revision, 2.") var revision: String?
  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      guard let wanted = RevisionReference(app, of: revision) else {
        throw CommandError(
          "revision-name", "'\(app)' names no revision", fix: "write words-2; see them with 'apolune apps list-rev APP'")
      }
      let warning = "\(wanted.revision) will be deleted for good."
      try Confirmation(warning: warning, word: "yes").ask(isAgreed: yes, context.console)
      try await context.app(wanted.app, environment).deleteRevision(wanted.revision)
      context.confirm("\(wanted.revision) is deleted")
    }
  }
}
