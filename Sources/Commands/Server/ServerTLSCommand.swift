import ArgumentParser

/// `apolune server tls`
struct ServerTLSCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tls",
    abstract: "Certificates of the server.",
    discussion: """
      EXAMPLES:
        apolune server tls init
        apolune server tls init --name gpu.example.org --name 192.168.1.20

      \(ExitCodes.text)
      """,
    subcommands: [ServerTLSInitCommand.self])
}
