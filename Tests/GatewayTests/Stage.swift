import AppModel
import EngineCore
import Gateway
import RunnerProtocol
import Synchronization

/// A gateway that listens, with an app of the usual endpoints.
final class Stage: Sendable {
  static let app = AppID(owner: "me", name: "app")
  static let paths = [
    "/", "/hold", "/stuck", "/late", "/die", "/fail", "/headers", "/evil", "/big", "/stream", "/flood", "/cut", "/greedy",
    "/nonsense",
  ]

  let gateway: Gateway
  let port: Int
  let events = Mutex<[RunnerID: [RunnerLinkEvent]]>([:])
  let demands = Mutex<[Demand]>([])
  let runners = Mutex<[FakeRunner]>([])

  init(
    _ configuration: GatewayConfiguration = GatewayConfiguration(), authenticator: any Authenticator = OpenAuthenticator()
  ) async throws {
    gateway = Gateway(configuration: configuration, authenticator: authenticator)
    port = try await gateway.start().port
    gateway.onDemand = { [self] _, demand in demands.withLock { $0.append(demand) } }
  }

  func route(
    revision: String = "r1", auth: Auth = .public, command: Bool = false, startTimeout: Duration? = nil, hooks: [String] = [],
    startup: Duration? = nil
  ) {
    var endpoints = Self.paths.map { Endpoint(path: $0, stream: false, line: 1) }
    for path in ["/rt", "/slow", "/refused"] {
      endpoints.append(Endpoint(path: path, stream: false, line: 1, realtime: Realtime()))
    }
    let brief = Realtime(sessionTimeout: .seconds(1), maxBuffering: 1)
    endpoints.append(Endpoint(path: "/brief", stream: false, line: 1, realtime: brief))
    var definition = AppDefinition(name: "app", program: command ? .command(["x"]) : .endpoints(endpoints), machines: [])
    definition.hooks = hooks
    if let startup { definition.timeouts.startup = startup }
    if let startTimeout { definition.timeouts.requestStart = InSeconds(wrappedValue: startTimeout) }
    gateway.route(
      Self.app, to: AppRoute(app: Self.app, revision: RevisionID(revision), definition: definition, auth: auth))
  }

  /// A runner that is attached; waits until it is ready, if it is so by itself.
  @discardableResult
  func runner(
    _ id: String = "one", revision: String = "r1", slots: Int = 4, readyAtOnce: Bool = true,
    habits: FakeRunner.Habits = FakeRunner.Habits(), port: Int? = nil,
    adjust: (inout LaunchSpec) -> Void = { _ in }
  ) async throws -> FakeRunner {
    var habits = habits
    habits.readyAtOnce = readyAtOnce
    let runner = try await FakeRunner(habits, port: port)
    runners.withLock { $0.append(runner) }
    var launch = LaunchSpec(role: .endpoints, bundle: "/", script: "a.lua", app: "app", runnerID: id)
    launch.maxMultiplexing = slots
    adjust(&launch)
    attach(RunnerID(id), revision: revision, socket: runner.socket, launch: launch, slots: slots)
    if readyAtOnce { try await until("\(id) is ready") { self.saw(id) { if case .ready = $0 { true } else { false } } } }
    return runner
  }

  func attach(_ id: RunnerID, revision: String, socket: String, launch: LaunchSpec, slots: Int) {
    gateway.attach(
      id, app: Self.app, revision: RevisionID(revision), socket: socket, launch: launch, slots: slots
    ) { event in self.events.withLock { $0[id, default: []].append(event) } }
  }

  func count(_ id: String, _ what: (RunnerLinkEvent) -> Bool) -> Int {
    events.withLock { $0[RunnerID(id)]?.count(where: what) ?? 0 }
  }

  func saw(_ id: String, _ what: (RunnerLinkEvent) -> Bool) -> Bool {
    events.withLock { $0[RunnerID(id)]?.contains(where: what) ?? false }
  }

  func client(paused: Bool = false) async throws -> RawClient { try await RawClient(port: port, paused: paused) }

  /// One request on a connection of its own.
  func post(_ path: String = "/", _ body: String = "{}", headers: String = "") async throws -> RawClient.Reply {
    let client = try await client()
    defer { client.close() }
    try await client.post("/me/app" + path, body, headers: headers)
    return try await client.reply()
  }

  /// The demand that was reported last.
  var demand: Demand? { demands.withLock { $0.last } }

  /// Nothing waits or runs, by the gateway's own count.
  func becomesIdle() async throws {
    try await until("no slot is taken") {
      // Which runners were busy since the report before says nothing about slots.
      self.demand.map { $0.queued == 0 && $0.inFlight.isEmpty } ?? false
    }
  }

  func end() async throws {
    await gateway.stop(grace: .zero)
    for runner in runners.withLock({ $0 }) { try await runner.remove() }
  }
}

/// Runs a test on a stage that is taken down whatever happens.
func onStage(
  _ configuration: GatewayConfiguration = GatewayConfiguration(), authenticator: any Authenticator = OpenAuthenticator(),
  _ body: (Stage) async throws -> Void
) async throws {
  let stage = try await Stage(configuration, authenticator: authenticator)
  do {
    try await body(stage)
  } catch {
    try await stage.end()
    throw error
  }
  try await stage.end()
}
