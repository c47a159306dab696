import ArgumentParser

/// `apolune keys revoke ID`
struct KeysRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "End a key: it opens nothing from now on.",
    discussion: """
      EXAMPLES:
        apolune keys revoke 0f8fad5b-d9cb-469f-a165-70867728950e

      \(ExitCodes.text)
      """)

  @Argument(help: "The key's id: what stands before the colon.") var id: String
  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await server.run { context in
      // A whole key that was pasted here names its id too.
      let id = String(id.prefix { $0 != ":" })
      try await context.client.revokeKey(id)
      context.confirm("\(id) is revoked")
    }
  }
}
