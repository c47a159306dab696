import ArgumentParser

/// `apolune apps`
struct AppsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apps",
    abstract: "See, scale, roll back and delete apps.",
    discussion: """
      An app is named words, or ada/words where it is another owner's. A revision is words-3, or 3.

      EXAMPLES:
        apolune apps list
        apolune apps set-rev words 2 --strategy rolling
        apolune apps scale words --max-concurrency 8 --keep-alive 5m

      \(ExitCodes.text)
      """,
    subcommands: [
      AppsListCommand.self, AppsListRevCommand.self, AppsSetRevCommand.self, AppsScaleCommand.self,
      AppsRolloutCommand.self, AppsRunnersCommand.self, AppsGPUsCommand.self, AppsDeleteCommand.self,
      AppsDeleteRevCommand.self, AppsHistoryCommand.self,
    ],
    aliases: ["app"])
}
