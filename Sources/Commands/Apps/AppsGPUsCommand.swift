import ArgumentParser

/// `apolune apps gpus APP`
struct AppsGPUsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpus",
    abstract: "Count the GPUs that an app's runners hold.",
    discussion: """
      EXAMPLES:
        apolune apps gpus words

      \(ExitCodes.text)
      """)

  @Argument(help: "The app.") var app: AppReference
  @OptionGroup var environment: EnvironmentOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(APIAnswer(try await context.app(app, environment).gpus()) { GPUTable.render($0, $1) })
    }
  }
}
