import AppModel
public import ArgumentParser
import ControlAPI
import Glibc
public import Host

/// `apolune server`, and `apolune server start`
struct ServerStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Run the server here, until Ctrl-C or SIGTERM; what 'apolune server' does.",
    discussion: """
      Everything lies in the data folder; a second server on it is refused. The runners live on when the server ends, \
      and the next start takes them over. A second signal ends it at once.

      EXAMPLES:
        apolune server start
        apolune server start --config server.lua
        apolune server start --listen 127.0.0.1:0 --data-dir data --json
        apolune server tls init && apolune server start --tls-listen 127.0.0.1:8443

      EXIT CODES:
        0   it was ended by a signal or by 'apolune server stop'
        1   it could not start; standard error says why and how to mend it
        64  the command line is wrong
        75  another server runs on the data folder
      """)

  @Option(help: "Where everything lies. Else $APOLUNE_DATA_DIR, $XDG_DATA_HOME/apolune.", completion: .directory)
  var dataDir: String?

  @Option(help: "HOST:PORT of apps and of the control API, port 0: any. Else $APOLUNE_LISTEN, the file's, 127.0.0.1:8090.")
  var listen: ListenAddress?

  @Option(help: "HOST:PORT of HTTPS besides, port 0: any. Else the file's.")
  var tlsListen: ListenAddress?

  @Option(help: "Certificate and chain in PEM. Else what 'apolune server tls init' has made.", completion: .file())
  var tlsCert: String?

  @Option(help: "Private key of --tls-cert in PEM.", completion: .file())
  var tlsKey: String?

  @Option(help: "The operator's file in Lua; 'apolune check' checks it.", completion: .file(extensions: ["lua"]))
  var config: String?

  @Option(help: "From which level on events are told on standard error.") var logLevel = ServerSetup.LogLevel.info

  @Option(
    help: "Write a line of JSON for each request to this file, '-' for standard output. Off unless asked for.",
    completion: .file()) var accessLog = AccessLogTarget.off

  @Flag(help: "Print the server's status as one JSON object when it is ready.") var json = false

  @Flag(help: ArgumentHelp("Standard output is a log: a new owner's key is not printed.", visibility: .hidden))
  var background = false

  func validate() throws {
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key belong together") }
  }

  func run() async throws {
    let console = Console()
    let signals = EndSignals()
    let folder = DataFolder(named: dataDir, environment: console.environment)
    let server = try await started(try await setup(folder, console), console)
    let (orders, order) = AsyncStream<ServerStop>.makeStream(bufferingPolicy: .bufferingNewest(1))
    signals.onSignal { order.yield(ServerStop()) }
    let passing = Task { for await stop in server.stopOrders { order.yield(stop) } }
    await welcome(server, folder, console)
    var isEnding = false
    for await stop in orders {
      isEnding = stop.stopsRunners
      break
    }
    passing.cancel()
    if !json {
      console.complain(
        isEnding
          ? "stopping, and the runners too …"
          : "stopping; the runners live on, and the next server on \(folder.path) takes them over")
    }
    await server.stop(endingRunners: isEnding)
  }

  private func setup(_ folder: DataFolder, _ console: Console) async throws -> ServerSetup {
    let configuration = try await configuration(console)
    let address = listen ?? .named(console.environment) ?? configuration.listen
    var setup = ServerSetup(
      folder: folder, host: address.host, port: address.port, owner: configuration.owner ?? CurrentUser.name(),
      version: Version.text, environment: console.environment)
    setup.configuration = configuration
    setup.tls = try tls(configuration.tls)
    setup.logLevel = logLevel
    setup.accessLog = accessLog
    return setup
  }

  private func tls(_ configured: ServerConfiguration.TLS?) throws -> TLSSetup? {
    guard let address = tlsListen ?? configured?.listen else {
      guard tlsCert == nil else { throw ValidationError("--tls-cert is of no use without --tls-listen HOST:PORT") }
      return nil
    }
    var setup = TLSSetup(host: address.host, port: address.port)
    if let tlsCert, let tlsKey {
      setup.files = .init(certificate: tlsCert, key: tlsKey)
    } else if let files = configured?.files {
      setup.files = .init(certificate: besideConfig(files.certificate), key: besideConfig(files.key))
    }
    return setup
  }

  /// A path that the operator's file names counts from that file's folder.
  private func besideConfig(_ path: String) -> String {
    guard !path.hasPrefix("/"), let config, let slash = config.lastIndex(of: "/") else { return path }
    return config[...slash] + path
  }

  /// What the operator's file says; with an error in it nothing is started, and it is shown as `check` shows it.
  private func configuration(_ console: Console) async throws -> ServerConfiguration {
    guard let config else { return ServerConfiguration() }
    let evaluator = ScriptEvaluator(runner: try RunnerExecutable.find(environment: console.environment))
    let evaluated = try await evaluator.evaluateConfiguration(config)
    var answer = CheckAnswer()
    answer.add(config, .configuration(evaluated))
    let problems = answer.problems(console.errors)
    if !problems.isEmpty { console.complain(problems) }
    guard let configuration = evaluated.configuration else { throw ExitCode(1) }
    return configuration
  }

  private func started(_ setup: ServerSetup, _ console: Console) async throws -> Server {
    do {
      return try await Server.start(setup)
    } catch {
      console.fail(CommandError(error.code, error.message, fix: error.fix))
      throw ExitCode(error.code == "data-folder-in-use" ? ExitCodes.folderInUse : 1)
    }
  }

  /// Says what came up, as the control API itself says it: so it is known to answer.
  private func welcome(_ server: Server, _ folder: DataFolder, _ console: Console) async {
    do {
      let location = try ServerLocation(server.url, .record)
      let key = ClientKey.find(for: location, folder: folder, environment: [:])
      let (status, nodes) = try await ControlClient.with(location, key: key) { client in
        (try await client.status(), try await client.nodes())
      }
      if json {
        console.say(try Console.jsonLine(ServerReady(status: status, key: server.keyMade)))
      } else {
        let welcome = ServerWelcome(
          status: status, nodes: nodes.nodes, keyMade: server.keyMade, isShown: !background,
          keyPath: folder.ownerKey)
        console.say(welcome.render(console.output))
      }
    } catch {
      console.complain("the server runs at \(server.url), but says nothing of itself: \(error)")
    }
  }
}

extension ServerSetup.LogLevel: ExpressibleByArgument {}

extension AccessLogTarget: ExpressibleByArgument {
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(argument)
  }

  public var defaultValueDescription: String {
    switch self {
    case .off: "off"
    case .standardOutput: "-"
    case .file(let path): path
    }
  }
}
