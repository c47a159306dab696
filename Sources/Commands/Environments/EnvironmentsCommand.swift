import ArgumentParser

/// `apolune environments`
struct EnvironmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "environments",
    abstract: "Keep apps apart: staging beside main, say.",
    discussion: """
      Apps of one environment never see those of another; outside main their address is .../owner/app--environment.

      EXAMPLES:
        apolune environments create staging
        apolune deploy app.lua --env staging

      \(ExitCodes.text)
      """,
    subcommands: [EnvironmentsListCommand.self, EnvironmentsCreateCommand.self, EnvironmentsDeleteCommand.self],
    aliases: ["envs"])
}
