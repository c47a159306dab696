import AppModel
import ArgumentParser
import ControlAPI
import Host

/// `apolune keys create`
struct KeysCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a key; its secret is shown this once.",
    discussion: """
      PRESETS:
        FULL      everything that the user may do
        API       calls apps
        DEPLOY    calls apps, deploys, and looks
        READONLY  looks

      When owner.key is lost, end the server and make another with --offline: it is written to owner.key.

      EXAMPLES:
        apolune keys create --preset API --description "the web site" --expires 30d
        apolune keys create --user bob --preset API --concurrency 4 --json
        apolune keys create --offline

      \(ExitCodes.text)
      """)

  @Option(help: "FULL, API, DEPLOY or READONLY.") var preset = "FULL"
  @Option(help: "What it is for.") var description: String?
  @Option(help: "How long it is valid: 12h, 30d. Else it has no end.") var expires: DurationArgument?
  @Option(help: "Requests that it may have under way at once.") var concurrency: Int?
  @Option(help: "Whose it is. Else of the user who asks.") var user: String?
  @Flag(help: "Make a new key of the owner in the data folder, where no server runs.") var offline = false
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if let concurrency, concurrency < 1 { throw ValidationError("--concurrency is at least 1") }
    if offline, user != nil || expires != nil || concurrency != nil || preset != "FULL" || description != nil {
      throw ValidationError("--offline makes the owner's full key; leave the other options out")
    }
  }

  func run() async throws {
    if offline { return try await makeOffline() }
    try await server.run { context in
      var creation = KeyCreation()
      (creation.preset, creation.description, creation.user) = (preset, description, user)
      (creation.expiresIn, creation.concurrency) = (expires?.duration.inSeconds, concurrency)
      try context.show(APIAnswer(try await context.client.createKey(creation), Self.render))
    }
  }

  /// The line is one for a shell; what is to know beside it is a comment there.
  private static func render(_ created: KeyCreated, _ style: Style) -> String {
    "# \(created.info.preset) key of \(created.info.user); it is not shown again\nFAL_KEY='\(created.key)'\n"
  }

  private func makeOffline() async throws {
    let console = Console()
    try await server.reporting(console) {
      let folder = server.folder(console)
      let created: KeyCreated
      do throws(ServerFailure) {
        created = try OwnerKeyRecovery.run(folder)
      } catch {
        throw CommandError(error.code, error.message, fix: error.fix)
      }
      try console.show(APIAnswer(created, Self.render), as: server.format)
    }
  }
}
