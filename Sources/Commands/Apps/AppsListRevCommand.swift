import ArgumentParser

/// `apolune apps list-rev APP`
struct AppsListRevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-rev",
    abstract: "List the revisions of an app.",
    discussion: """
      EXAMPLES:
        apolune apps list-rev words

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let calls = try await context.app(app, environment)
      let name = calls.environment
      try context.show(
        APIAnswer(try await calls.revisions()) { list, style in
          list.revisions.isEmpty
            ? "no revisions in \(name); deploy one with 'apolune deploy app.lua'\n"
            : RevisionTable.render(list.revisions, environment: name, TimeText(), style)
        })
    }
  }
}
