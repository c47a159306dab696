import ArgumentParser

/// `apolune webhooks`
struct WebhooksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhooks",
    abstract: "List webhooks that are not delivered, and have them tried again.",
    discussion: """
      The result of a queued request is sent to the webhook that its caller named, signed with the server's key \
      (/.well-known/jwks.json has its public half). What is not taken is tried 10 times in two hours, and given up then.

      EXAMPLES:
        apolune webhooks list --dead
        apolune webhooks retry 0f8fad5b-d9cb-469f-a165-70867728950e
        apolune webhooks retry --all

      \(ExitCodes.text)
      """,
    subcommands: [WebhooksListCommand.self, WebhooksRetryCommand.self])
}
