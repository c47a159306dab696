import ArgumentParser

/// `apolune apps runners APP`
struct AppsRunnersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runners",
    abstract: "List the runners of an app.",
    discussion: """
      EXAMPLES:
        apolune apps runners words
        apolune apps runners words --state terminated --since 1h

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @OptionGroup var filter: RunnerFilter
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let list = try await context.app(app, environment).runners(filter.query(now: TimeText.now()))
      try context.show(
        APIAnswer(list) { [app] list, style in
          list.runners.isEmpty
            ? "\(app.name) has no such runner now; a request starts one\n"
            : RunnerTable.render(list.runners, now: TimeText.now(), style)
        })
    }
  }
}
