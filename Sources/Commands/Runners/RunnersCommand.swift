import ArgumentParser

/// `apolune runners`
struct RunnersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runners",
    abstract: "See, stop and read the processes that serve apps.",
    discussion: """
      EXAMPLES:
        apolune runners list
        apolune runners logs qwertyuiopas --follow

      \(ExitCodes.text)
      """,
    subcommands: [
      RunnersListCommand.self, RunnersStopCommand.self, RunnersKillCommand.self, RunnersLogsCommand.self,
      RunnersGPUsCommand.self,
    ],
    aliases: ["machine"])
}
