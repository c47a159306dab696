import ArgumentParser
import ControlAPI

/// `apolune apps rollout APP`
struct AppsRolloutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollout",
    abstract: "Replace every runner of an app by a fresh one of the same revision.",
    discussion: """
      Each old runner goes when its replacement is ready, so that new secrets arrive without a failed request.

      EXAMPLES:
        apolune apps rollout words
        apolune apps rollout words --force

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @Flag(help: "Kill the old runners at once, with the requests that they serve.") var force = false
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try await context.app(app, environment).replaceRunners(RunnersReplacement(forces: force))
      context.confirm("the runners of \(app.name) are being replaced; follow it with 'apolune apps runners \(app.name)'")
    }
  }
}
