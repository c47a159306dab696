import ArgumentParser
import FoundationEssentials
import Host

/// What every command takes that speaks to a server.
struct ServerOptions: ParsableArguments {
  @Option(help: "The server: http://HOST:PORT. Else $APOLUNE_SERVER, the profile, the server of the data folder, 127.0.0.1:8090.")
  var server: String?

  @Option(help: "Certificates to trust in PEM, in place of the system's. Else $SSL_CERT_FILE.", completion: .file())
  var ca: String?

  @Option(help: "Folder of this machine's server. Else $APOLUNE_DATA_DIR, $XDG_DATA_HOME/apolune.", completion: .directory)
  var dataDir: String?

  @Flag(help: "Print JSON; errors too, on standard error.") var json = false

  var format: OutputFormat { json ? .json : .text }

  /// Runs a command with a client of its server; what goes wrong is said in the form that was asked for.
  func run(_ work: (ServerContext) async throws -> Void) async throws {
    let console = Console()
    try await reporting(console) {
      let folder = folder(console)
      let location = try ServerLocation.find(named: server, folder: folder, environment: console.environment)
      try await with(location, console, work)
    }
  }

  func folder(_ console: Console) -> DataFolder { DataFolder(named: dataDir, environment: console.environment) }

  /// Opens a client for `work` only, with the key as it is found now: a server that has just started has made one.
  func with<Value: Sendable>(
    _ location: ServerLocation, _ console: Console, _ work: (ServerContext) async throws -> Value
  ) async throws -> Value {
    let folder = folder(console)
    let key = ClientKey.find(for: location, folder: folder, environment: console.environment)
    let trust = ServerTrust.find(named: ca, for: location, folder: folder, environment: console.environment)
    return try await ControlClient.with(location, key: key, trust: trust) { client in
      try await work(ServerContext(console: console, folder: folder, format: format, client: client))
    }
  }

  /// Runs `work`; with `--json` its error is an object on standard error, and the command ends with 1.
  func reporting(_ console: Console, _ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as CommandError where json {
      console.complain(try Console.json(error.problem))
      throw ExitCode(1)
    } catch let error as EvaluationFailure where json {
      console.complain(try Console.json(CommandError(error).problem))
      throw ExitCode(1)
    }
  }
}

/// The environment of apps that a command is about.
struct EnvironmentOptions: ParsableArguments {
  @Option(help: "Environment of the app. Else $APOLUNE_ENV, $FAL_ENV, main.") var env: String?

  static let variables = ["APOLUNE_ENV", "FAL_ENV"]

  func name(_ environment: [String: String]) -> String {
    env ?? Self.variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "main"
  }
}
