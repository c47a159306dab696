import ArgumentParser
import ControlAPI

/// `apolune queue flush APP`
struct QueueFlushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flush",
    abstract: "Cancel all requests that wait in the queue of an app; those in progress go on.",
    discussion: """
      EXAMPLES:
        apolune queue flush words
        apolune queue flush words --user bob --yes

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Option(help: "Only those of this user.") var user: String?
  @Flag(name: [.customShort("y"), .long], help: "Do not ask.") var yes = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let calls = try await context.app(app, environment)
      // A name that is wrong is said before anybody is asked.
      let size = try await calls.queue()
      let count = user.map { name in size.byUser.first { $0.user == name }?.size ?? 0 } ?? size.size
      let whose = user.map { " of \($0)" } ?? ""
      let place = "\(calls.owner)/\(calls.name) in \(calls.environment)"
      let warning = "\(Self.count(count))\(whose) in the queue of \(place) will be cancelled."
      try Confirmation(warning: warning, word: "yes").ask(isAgreed: yes, context.console)
      try context.show(
        APIAnswer(try await calls.flushQueue(of: user)) { flush, _ in
          "\(Self.count(flush.flushed)) \(flush.flushed == 1 ? "is" : "are") cancelled\n"
        })
    }
  }

  private static func count(_ count: Int) -> String { "\(count) \(count == 1 ? "request" : "requests")" }
}
