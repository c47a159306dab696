import ArgumentParser

/// `apolune queue`
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "See and flush the queues of apps.",
    discussion: """
      EXAMPLES:
        apolune queue size words --by-user
        apolune queue flush words --user bob

      \(ExitCodes.text)
      """,
    subcommands: [QueueSizeCommand.self, QueueFlushCommand.self])
}
