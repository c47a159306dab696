import AppModel
import ArgumentParser
import ControlAPI

/// `apolune apps set-rev APP REV`
struct AppsSetRevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-rev",
    abstract: "Give an app's traffic to an existing revision: roll back, or forward again.",
    discussion: """
      Scaling stays as it is in force now; what is bound to the code comes from the revision.

      EXAMPLES:
        apolune apps set-rev words 2
        apolune apps set-rev words words-2 --strategy rolling

      \(ExitCodes.rollout)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Argument(help: "The revision: words-2, or 2.") var revision: String
  @Option(help: "Who may call from now on: private, shared or public. Else as the revision says.") var auth: Auth?
  @Option(help: "How to move: recreate (at once) or rolling (when a runner is ready). Else as the revision says.")
  var strategy: Strategy?
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      let calls = try await context.app(app, environment)
      let change = AliasChange(revision: app.revision(revision), strategy: strategy, auth: auth)
      let run = RolloutRun(context: context)
      let report = try await run.follow { take in try await calls.move(change, take) }
      for result in report.results {
        if server.json {
          context.console.say(try Console.jsonLine(DeployAnswer(result)))
        } else {
          let does = result.status == .rollingOut ? "is on its way to" : "takes"
          context.console.say("\(result.revision) \(does) the traffic of \(result.owner)/\(result.app) in \(result.environment)")
        }
      }
      try report.throwFailure()
    }
  }
}
