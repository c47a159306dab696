import ArgumentParser

/// `apolune runners list`
struct RunnersListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the runners of all apps.",
    discussion: """
      EXAMPLES:
        apolune runners list --state idle running
        apolune runners list --state terminated --since 1h

      \(ExitCodes.text)
      """)

  @OptionGroup var filter: RunnerFilter
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let list = try await context.client.runners(filter.query(now: TimeText.now()))
      try context.show(
        APIAnswer(list) { list, style in
          list.runners.isEmpty
            ? "no such runner now; a request to an app starts one, and 'apolune apps list' shows the apps\n"
            : RunnerTable.render(list.runners, now: TimeText.now(), style)
        })
    }
  }
}
