import AppModel
import Engine
public import EngineCore
import FoundationEssentials
import Gateway
import Providers
import Store

/// An ephemeral deployment of one script: engine, gateway and runners for as long as this process wants them, and nothing
/// left of them afterwards.
///
/// A script that is saved is evaluated again and becomes a new revision, which takes over when its first runner is ready;
/// until then, and for good when it fails, the old one serves.
public actor RunSession {
  /// What happens, until `stop` has ended everything. For one listener.
  public nonisolated let events: AsyncStream<RunEvent>
  /// Absolute path of the script's folder.
  public nonisolated let folder: String
  nonisolated let report: AsyncStream<RunEvent>.Continuation
  nonisolated let gateway: Gateway
  nonisolated let engine: Engine
  let launches = InMemoryLaunches()
  nonisolated let options: RunOptions
  let evaluator: ScriptEvaluator
  let provider: LocalProvider
  let bundles: BundleStore
  /// The queue's, for as long as the run goes on.
  let requests: RequestStore
  let address: (host: String, port: Int)
  /// Opens the apps that are not public.
  let key: String
  let runnerExecutable: String
  var served: [AppID: ServedApp] = [:]
  var logs = LogTail()
  var watcher: FileWatcher?
  var console: RunConsole?
  /// Reloads take turns.
  var reloading: Task<ReloadOutcome, Never>?
  var background: [Task<Void, Never>] = []
  private var stopping: Task<Void, Never>?

  /// Events that nobody has taken yet; the oldest are dropped, since a slow terminal must not fill memory.
  private static let eventsMax = 16_384

  /// Starts everything and returns when each app of the script has a runner that is ready. Cancelling the task gives up.
  ///
  /// - Throws: `RunFailure`; nothing is left running then.
  public static func start(_ options: RunOptions) async throws(RunFailure) -> RunSession {
    do {
      return try await started(options)
    } catch {
      throw RunFailure(error)
    }
  }

  private static func started(_ options: RunOptions) async throws -> RunSession {
    let runner = try RunnerExecutable.find(environment: options.environment)
    let evaluator = ScriptEvaluator(runner: runner)
    let script = try await evaluator.evaluate(options.script, overrides: options.overrides)
    guard !script.hasErrors else { throw RunFailure.script(script) }
    let session = try await RunSession(options, evaluator: evaluator, runner: runner, script: script)
    do {
      try await withTaskCancellationHandler {
        try await session.serve(script)
      } onCancel: {
        Task { await session.stop() }
      }
      return session
    } catch {
      await session.stop()
      throw error
    }
  }

  private init(_ options: RunOptions, evaluator: ScriptEvaluator, runner: String, script: EvaluatedScript) async throws {
    self.options = options
    self.evaluator = evaluator
    runnerExecutable = runner
    folder = script.folder
    key = RunKey.make()
    let provider = try LocalProvider(executable: runner)
    self.provider = provider
    // Also where every app is public: a reload may make one private.
    gateway = Gateway(authenticator: KeyAuthenticator(key: key, user: CurrentUser.name()))
    do {
      requests = try RequestStore.open(folder: provider.path)
      try gateway.openQueue(requests)
      address = try await Self.listen(gateway, options)
    } catch {
      await gateway.stop(grace: .zero)
      await provider.close()
      throw error
    }
    bundles = BundleStore(folder: URL(filePath: provider.path).appending(path: "bundles"))
    engine = Engine(provider: provider, dataPlane: GatewayDataPlane(gateway: gateway), launches: launches)
    (events, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventsMax))
  }

  /// The usual port gives way to any free one; a port that was asked for does not.
  private static func listen(
    _ gateway: Gateway, _ options: RunOptions
  ) async throws(GatewayError) -> (host: String, port: Int) {
    do {
      return try await gateway.start(host: options.host, port: options.port ?? RunOptions.usualPort)
    } catch {
      guard case .portInUse = error, options.port == nil else { throw error }
      return try await gateway.start(host: options.host, port: 0)
    }
  }

  static func auth(of definition: AppDefinition) -> Auth { definition.auth ?? .public }

  private func serve(_ script: EvaluatedScript) async throws {
    gateway.onDemand = { [engine] app, demand in engine.demand(app, demand) }
    let happenings = engine.events()
    background.append(Task { [weak self] in for await event in happenings { await self?.pass(on: event) } })
    await engine.start()
    try await deploy(script, as: .recreate)
    if options.reloads { try watch(script) }
  }

  /// The apps, by name.
  public var apps: [ServedApp] { served.values.sorted { $0.id < $1.id } }

  public func runners() async -> [RunnerStatus] {
    var all: [RunnerStatus] = []
    for app in apps { all += await engine.runners(app.id) }
    return all
  }

  /// Drains the runners for as long as their apps allow, then ends them, and removes every file and socket.
  public func stop() async {
    let work = stopping ?? Task { await end() }
    stopping = work
    await work.value
  }

  private func end() async {
    watcher?.close()
    await console?.close()
    let grace = served.values.map(\.definition.timeouts.terminationGrace).max() ?? .zero
    // The engine first: runners are told to finish through the gateway's connections.
    await engine.stop(grace: grace)
    await gateway.stop(grace: .zero)
    do { try requests.close() } catch { report.yield(.problem("the queue could not be closed: \(error)")) }
    await provider.close()
    for task in background { await task.value }
    report.finish()
  }
}
