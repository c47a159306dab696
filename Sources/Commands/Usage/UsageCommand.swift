import AppModel
import ArgumentParser
import ControlAPI

/// `apolune usage`
struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "Show what apps used: time of runners, requests, billable units, and their price.",
    discussion: """
      Runners are paid for from the start of their setup until they have ended, each GPU on its own, at the price per \
      hour of their machine type, which the operator's file says. Requests are those that apps took; failed ones (status \
      500 and above) are free, and 422 has no units. Usage is kept by whole hours, in UTC, for 400 days. The server's \
      owner sees everything, everybody else their own.

      EXAMPLES:
        apolune usage
        apolune usage --since 7d --by app,day
        apolune usage --since 2026-11-01 --until 2026-12-01 --by payer,caller,key --csv

      \(ExitCodes.text)
      """)

  @Option(help: "From when on: \(Moment.help).") var since = Moment.ago(.seconds(30 * 86_400))
  @Option(help: "Until when: \(Moment.help).") var until = Moment.ago(.zero)
  @Option(help: "What to add up by, with commas: \(Self.known); 'all' for one sum.", completion: .list(Self.words))
  var by = "app"
  @Flag(help: "Print comma-separated values.") var csv = false
  @OptionGroup var server: ServerOptions

  private static let words = UsageDimension.allCases.map(\.rawValue)
  private static let known = words.joined(separator: ", ")

  func validate() throws {
    if csv, server.json { throw ValidationError("--csv and --json are two forms: choose one.") }
    if let word = by == "all" ? nil : unknown { throw ValidationError("--by takes some of \(Self.known), not '\(word)'.") }
  }

  private var unknown: String? {
    by.split(separator: ",", omittingEmptySubsequences: false).map(String.init).first { !Self.words.contains($0) }
  }

  func run() async throws {
    try await server.run { context in
      let now = TimeText.now()
      let report = try await context.client.usage([
        .since: "\(since.seconds(now: now))", .until: "\(until.seconds(now: now))", .by: by == "all" ? "" : by,
      ])
      if csv { return context.console.say(UsageTable.csv(report)) }
      try context.show(APIAnswer(report) { UsageTable.render($0, TimeText(), $1) })
    }
  }
}
