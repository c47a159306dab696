import ArgumentParser

/// `apolune server`
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Run the server that keeps apps, and see or stop the one that runs.",
    discussion: """
      Without a subcommand the server runs here, until Ctrl-C or SIGTERM. Its runners live on then, and the next start \
      on the same data folder takes them over. 'apolune server start --help' lists its options.

      EXAMPLES:
        apolune server
        apolune server --listen 0.0.0.0:8090 --data-dir data
        apolune server --tls-listen 127.0.0.1:8443
        apolune server status
        apolune server stop --runners

      \(ExitCodes.text)
      """,
    subcommands: [ServerStartCommand.self, ServerStatusCommand.self, ServerStopCommand.self, ServerTLSCommand.self],
    defaultSubcommand: ServerStartCommand.self)
}
