import ArgumentParser
import FoundationEssentials
import Host

/// `apolune connect --fal`
struct ConnectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "Print the environment that points fal's own client at a server.",
    discussion: """
      One line 'export NAME=value' for each variable, for a shell to read. The server must take HTTPS: start it with \
      --tls-listen. On its own machine everything goes to it, uploads too; from elsewhere all but uploads and realtime \
      tokens.

      EXAMPLES:
        eval "$(apolune connect --fal)"
        eval "$(apolune connect --fal --server https://gpu.example.org:8443 --key "$KEY")"

      \(ExitCodes.text)
      """)

  @Flag(help: "For fal's client.") var fal = false
  @Option(help: "The key that the client is to show. Else $APOLUNE_KEY, the one in the data folder.") var key: String?
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if !fal { throw ValidationError("say for which client: --fal") }
    if server.json { throw ValidationError("the lines are for a shell; there is no --json form of them") }
  }

  func run() async throws {
    try await server.run { context in
      let status = try await context.client.status()
      let location = context.client.location
      guard let tls = status.tls else { throw Self.noTLS(status.url) }
      guard let key = key ?? context.client.key?.text else { throw Self.noKey }
      let environment = FalEnvironment(
        .init(
          location: location, url: status.url, tls: tls, key: key, roots: context.client.trust.roots.map(Self.absolute),
          environment: context.console.environment))
      context.console.say(environment.text)
      for note in environment.notes { context.console.complain("note: \(note)") }
    }
  }

  private static func noTLS(_ url: String) -> CommandError {
    CommandError(
      "tls-not-served", "the server at \(url) takes no HTTPS, and fal's client speaks nothing else",
      fix: "run 'apolune server tls init' once, and start the server with --tls-listen 127.0.0.1:8443")
  }

  private static let noKey = CommandError(
    "no-key", "there is no key for the client to show", fix: "make one with 'apolune keys create', and give it with --key")

  /// The client may run in another folder.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
