import Access
import AppModel
import AppScript
import Crypto
import Engine
import EngineCore
import FoundationEssentials
import Gateway
import Glibc
import Logging
import Planning
import Platform
import Providers
import Store

/// What a server is made of, in the order in which its parts depend on each other.
struct ServerParts: Sendable {
  let options: ServerSetup
  let logger: Logger
  let clock = SystemEngineClock()
  let disk = DiskWork()
  let store: Store
  /// The queue's, beside it.
  let requests: RequestStore
  let webhookKey: WebhookKey
  let logs: LogFiles
  let keyring: LiveKeyring
  let keyMade: OwnerKey?
  let provider: LocalProvider
  let gateway: Gateway
  let usage: UsageMeter
  /// nil: none is wanted.
  let accessLog: AccessLog?
  let engine: Engine
  let files: FileStorage
  let evaluator: ScriptEvaluator
  let catalogue: [MachineType]
  let address: BoundAddress
  let adopted = AdoptedRunners()
  let boundTLS = BoundTLS()
  /// nil: plain HTTP alone.
  let tls: ServerTLS?
  /// Whether the server before left runners, as far as it was written down.
  let hasRunners: Bool

  /// Opens the data folder and recovers from it. Nothing runs yet.
  init(_ options: ServerSetup, runner: String) throws {
    self.options = options
    try Self.check(options.configuration)
    tls = try options.tls.map { [boundTLS] in try ServerTLS($0, folder: options.folder, bound: boundTLS) }
    logger = Logger(label: "apolune") { _ in
      LineLogHandler.make(options.logLevel)
    }
    address = BoundAddress(host: options.host, port: options.port)
    catalogue = options.configuration.catalogue
    evaluator = ScriptEvaluator(runner: runner, catalogue: catalogue)
    store = try Store.open(folder: options.folder.path)
    requests = try RequestStore.open(folder: options.folder.path)
    webhookKey = try WebhookKey.prepare(options.folder.webhookKey)
    let recovered = try store.recover()
    hasRunners = recovered.state.apps.values.contains { $0.runners.contains { $0.place != nil && !$0.state.isTerminated } }
    for warning in recovered.warnings { logger.warning("\(warning)") }
    logs = try LogFiles(folder: options.folder.logs)
    let pepper = try store.pepper()
    files = try FileStorage(folder: options.folder.files, store: store, clock: clock, pepper: pepper)
    keyMade = try OwnerKey.prepare(store, options.folder, owner: options.owner, pepper: pepper)
    keyring = try LiveKeyring(store, pepper: pepper)
    provider = try Self.provider(options, runner: runner, store)
    var configuration = GatewayConfiguration()
    configuration.controlSocket = options.folder.controlSocket
    // The rest is for runners, files and databases, which must work when clients have taken all they may.
    configuration.connectionsMax = min(configuration.connectionsMax, try DescriptorLimit.raise() * 3 / 4)
    gateway = Gateway(configuration: configuration, authenticator: keyring)
    let prices = Dictionary(catalogue.map { ($0.name, $0.pricePerHour) }) { first, _ in first }
    usage = UsageMeter(try UsageBook(store) { prices[$0] ?? nil }, logger: logger)
    gateway.observe(usage)
    accessLog = try AccessLog(options.accessLog, logger: logger)
    if let accessLog { gateway.observe(accessLog) }
    try gateway.openQueue(requests) { [logger] failure in
      logger.warning("the queue's storage failed", metadata: ["code": "\(failure.code)", "reason": "\(failure.message)"])
    }
    engine = Engine(
      provider: provider, dataPlane: GatewayDataPlane(gateway: gateway), journal: store,
      launches: StoredLaunches(store: store, folder: options.folder), logs: StoredLogs(files: logs), clock: clock,
      recovered: recovered.state)
  }

  /// Throws for what the operator may say and this server cannot do.
  private static func check(_ configuration: ServerConfiguration) throws(ServerFailure) {
    guard configuration.nodes.count <= 1 else {
      throw ServerFailure(
        code: "too-many-nodes",
        message: "runners live on the server's own machine, and the configuration has \(configuration.nodes.count) nodes",
        fix: "keep the node that this machine is")
    }
  }

  private static func node(_ configuration: ServerConfiguration) -> LocalNodeSettings {
    var settings = LocalNodeSettings()
    guard let node = configuration.nodes.first else { return settings }
    settings.name = node.name
    settings.labels = node.labels
    settings.cpu = node.cpu
    settings.memory = node.memory
    settings.gpus = node.gpus?.map { Node.GPU(id: $0.id, model: $0.model, memory: $0.memory) }
    settings.cpuOvercommit = node.overcommit.cpu
    settings.memoryOvercommit = node.overcommit.memory
    return settings
  }

  private static let runnersFolder = "runners-folder"

  /// Runners' sockets lie where this user's runtime folder is. One server may be started where that is another than it was
  /// for the one before, by hand and by systemd say: then it still looks where the runners are.
  private static func provider(_ options: ServerSetup, runner: String, _ store: Store) throws -> LocalProvider {
    let name = name(of: options.folder.path)
    var base = try store.setting(runnersFolder)
    if let known = base, access("\(known)/\(name)", R_OK | W_OK | X_OK) != 0 { base = nil }
    let provider = try LocalProvider(
      executable: runner, keeping: .runners(name: name, base: base), settings: node(options.configuration))
    let used = String(provider.path.dropLast(name.utf8.count + 1))
    if used != base { try store.set(runnersFolder, to: used) }
    return provider
  }

  /// The same for the same folder, however it is named, so that the next server finds the runners of the one before.
  private static func name(of folder: String) -> String {
    let resolved = realpath(folder, nil)
    defer { free(resolved) }
    let path = resolved.map { String(cString: $0) } ?? folder
    return SHA256.hash(data: Data(path.utf8)).prefix(8).hexadecimal
  }

  func service(stop: @escaping @Sendable (_ endsRunners: Bool) -> Void) -> ControlService {
    let facts = ServerFacts(
      version: options.version, owner: options.owner, pid: getpid(), startedAt: clock.now, address: address, tls: boundTLS,
      folder: options.folder, adopted: adopted)
    let deploys = DeployService(
      store: store, engine: engine, evaluator: evaluator, disk: disk, clock: clock, server: facts,
      limits: options.configuration.limits)
    return ControlService(
      store: store, requests: requests, keyring: keyring, logs: logs, usage: usage, gateway: gateway, engine: engine,
      deploys: deploys, disk: disk,
      clock: clock,
      server: facts,
      settings: SettingsValidator(catalogue: catalogue, runnersMax: options.configuration.limits.runnersPerApp),
      enforcement: { [provider] in provider.enforcement(for: $0).lines.map(\.limit) }, stop: stop)
  }

  func metrics(_ facts: ServerFacts) -> MetricsResponder {
    MetricsResponder(
      keyring: keyring, server: facts, gateway: gateway, engine: engine, usage: usage, accessLog: accessLog)
  }

  /// Until its task is cancelled.
  func bringWebhooks() -> Task<Void, Never> {
    let courier = WebhookCourier(outbox: requests, key: webhookKey, clock: clock, logger: logger)
    return Task { await courier.run() }
  }

  var fileResponder: FileResponder {
    FileResponder(
      storage: files, address: address, logger: logger,
      caller: { [keyring] in Self.caller(keyring.verify(authorization: $0)) },
      holder: { [keyring] in Self.caller(keyring.valid(id: $0)) })
  }

  private static func caller(_ key: AccessKey?) -> Caller? {
    key.flatMap { $0.may(.call) ? Caller(id: $0.user, key: $0.id) : nil }
  }

  /// Lets go of everything; `closing` runs when the engine decides no more, and the store is still open.
  func leave(endingRunners: Bool, closing: @Sendable () async -> Void = {}) async {
    await engine.leave(runnersEndWithin: endingRunners ? Self.runnersGrace : nil)
    await endFollowing()
    await closing()
    // Where the server never got as far as listening.
    await gateway.stop(grace: .zero)
    let state = await engine.view
    do {
      try await disk.run { [store, requests, logs, usage, accessLog] in
        logs.close()
        usage.close()
        accessLog?.close()
        try requests.close()
        try store.snapshot(state, at: store.lastSequence)
        try store.close()
      }
    } catch {
      // Recovery does without: what counts was written when it happened.
      logger.warning("the end could not be written down", metadata: ["error": "\(error)"])
    }
  }

  /// Streams of log lines would go on as long as somebody reads them.
  private func endFollowing() async {
    do {
      try await disk.run { [logs] in logs.close() }
    } catch {
      logger.warning("log files could not be closed", metadata: ["error": "\(error)"])
    }
  }

  /// Runners that are to end have this long for what they are at.
  private static let runnersGrace = Duration.seconds(10)
}

extension Enforcement.Line {
  /// Of a whole node, where an amount would only confuse.
  fileprivate var limit: String { "\(resource): \(isEnforced ? "enforced" : "not enforced") (\(explanation))" }
}
