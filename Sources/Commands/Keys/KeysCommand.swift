import ArgumentParser

/// `apolune keys`
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list and revoke keys.",
    discussion: """
      EXAMPLES:
        apolune keys create --preset API --description "the web site"
        apolune keys list
        apolune keys revoke 0f8fad5b-d9cb-469f-a165-70867728950e

      \(ExitCodes.text)
      """,
    subcommands: [KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self])
}
