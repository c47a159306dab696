import ArgumentParser
import ControlAPI

/// `apolune apps history APP`
struct AppsHistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what happened to an app, newest first.",
    discussion: """
      EXAMPLES:
        apolune apps history words
        apolune apps history words --limit 500 --json

      \(ExitCodes.text)
      """)

  /// Entries that one call asks for.
  private static let pageMax = 500
  /// More is no reading any more.
  static let limitMax = 100_000

  @Argument(help: "The app.") var app: AppReference
  @Option(name: [.customShort("n"), .long], help: "Entries at most.") var limit = 50
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func validate() throws {
    guard (1...Self.limitMax).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to \(Self.limitMax), not \(limit).")
    }
  }

  func run() async throws {
    try await server.run { context in
      let calls = try await context.app(app, environment)
      var page = try await calls.history(limit: min(limit, Self.pageMax), before: nil)
      while page.entries.count < limit, let next = page.next {
        let more = try await calls.history(limit: min(limit - page.entries.count, Self.pageMax), before: next)
        page.entries += more.entries
        page.next = more.entries.isEmpty ? nil : more.next
      }
      try context.show(
        APIAnswer(page) { [app] page, style in
          page.entries.isEmpty
            ? "nothing happened to \(app.name) yet\n" : HistoryTable.render(page, TimeText(), style)
        })
    }
  }
}
