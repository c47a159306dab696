import ArgumentParser

/// `apolune runners gpus`
struct RunnersGPUsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpus",
    abstract: "Count the GPUs that runners hold.",
    discussion: """
      EXAMPLES:
        apolune runners gpus --json

      \(ExitCodes.text)
      """)

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(APIAnswer(try await context.client.gpus()) { GPUTable.render($0, $1) })
    }
  }
}
