import ArgumentParser

/// `apolune webhooks retry ID`
struct WebhooksRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Have a webhook that was given up tried again, or all of them.",
    discussion: """
      EXAMPLES:
        apolune webhooks retry 0f8fad5b-d9cb-469f-a165-70867728950e
        apolune webhooks retry --all

      \(ExitCodes.text)
      """)

  @Argument(help: "Id of the request.") var id: String?
  @Flag(help: "All that were given up.") var all = false
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if (id == nil) != all { throw ValidationError("Name the request of one webhook, or say --all.") }
  }

  func run() async throws {
    try await server.run { context in
      if let id {
        try await context.client.retryWebhook(id)
        context.confirm("the webhook of \(id) is tried again")
      } else {
        try await context.client.retryWebhooks()
        context.confirm("all webhooks that were given up are tried again")
      }
    }
  }
}
