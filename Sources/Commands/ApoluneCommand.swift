import ArgumentParser

/// The root of the command line.
struct ApoluneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apolune",
    abstract: "Your own serverless platform, scripted in Lua.",
    discussion: """
      An app is one Lua file. See what a script may say with 'apolune reference'.

      EXIT CODES:
        0   all went well
        1   the work failed; standard error says why and how to mend it
        64  the command line is wrong
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, DeployCommand.self, CallCommand.self, CheckCommand.self, AppsCommand.self, QueueCommand.self,
      RunnersCommand.self, EnvironmentsCommand.self, UsersCommand.self, KeysCommand.self, UsageCommand.self,
      WebhooksCommand.self, NodesCommand.self,
      ServerCommand.self, ConnectCommand.self, ReferenceCommand.self, VersionCommand.self,
    ])
}
