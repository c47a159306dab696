import ArgumentParser

/// `apolune webhooks list`
struct WebhooksListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List webhooks that are not delivered yet, and those that were given up.",
    discussion: """
      The server's owner sees all, everybody else those of their own requests.

      EXAMPLES:
        apolune webhooks list
        apolune webhooks list --dead --json

      \(ExitCodes.text)
      """)

  @Flag(help: "Only those that were given up.") var dead = false
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      try context.show(APIAnswer(try await context.client.webhooks(dead: dead)) { WebhookTable.render($0, TimeText(), $1) })
    }
  }
}
