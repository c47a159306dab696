import AppModel
import EngineCore
import Planning

/// Many apps with many runners on many nodes, all of them busy, around the real core.
struct World {
  static let appCount = 10_000
  static let runnersPerApp = 10
  static let nodeCount = 1_000

  var state = EngineState()
  var now = Moment(nanoseconds: 1_700_000_000_000_000_000)
  private var random = SystemRandomNumberGenerator()
  private(set) var decisions = Timings("decide + evolve")
  private(set) var placing = Timings("  of these, with a placement")
  private(set) var dues = Timings("due")
  private(set) var wakes = Timings("nextWake")
  private(set) var settling = Timings("  appsToSettle")

  static func app(_ number: Int) -> AppID { AppID(owner: "ada", name: "app\(number)") }

  init() throws {
    try give(.nodes((0..<Self.nodeCount).map(Self.node)), for: nil)
    for number in 0..<Self.appCount { try give(.deploy(Self.app(number), Self.revision(number), .init(strategy: .recreate))) }
    for number in 0..<Self.appCount { try makeReady(Self.app(number)) }
    decisions.reset()
    placing.reset()
    dues.reset()
    wakes.reset()
  }

  private static func node(_ number: Int) -> Node {
    let gpus = (0..<(number % 10 == 0 ? 8 : 0)).map {
      Node.GPU(id: "GPU-\(number)-\($0)", model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81_559))
    }
    return Node(
      id: NodeID("node-\(number)"), labels: ["region": number % 2 == 0 ? "east" : "west"], cpu: 256, memory: .gigabytes(1024),
      gpus: gpus)
  }

  private static func revision(_ number: Int) -> NewRevision {
    var definition = AppDefinition(
      name: app(number).name, program: .endpoints([]),
      machines: [Machine(type: "S", cpu: 1, memory: .gigabytes(1))])
    definition.scaling.minConcurrency = runnersPerApp
    definition.scaling.maxConcurrency = 2 * runnersPerApp
    return NewRevision(
      definition: definition, auth: .private, bundle: BundleReference(hash: "0f", script: "app.lua"), restart: .persistent)
  }

  private mutating func makeReady(_ app: AppID) throws {
    for runner in state.apps[app]?.runners ?? [] {
      guard case .pending = runner.state, runner.placement != nil else { continue }
      let place = Runner.Place(socket: "/run/\(runner.id)", pid: 1)
      try give(.runner(runner.id, generation: runner.generation, .started(place)))
      try give(.runner(runner.id, generation: runner.generation, .ready))
    }
  }

  /// What a busy server sees: mostly demand, sometimes a crash, seldom a person.
  mutating func step() throws {
    now = now + .milliseconds(1)
    let app = Self.app(Int.random(in: 0..<Self.appCount, using: &random))
    let runners = state.apps[app]?.runners.filter(\.state.isReady) ?? []
    switch Int.random(in: 0..<100, using: &random) {
    case ..<80:
      var inFlight: [RunnerID: Int] = [:]
      for runner in runners where Bool.random(using: &random) { inFlight[runner.id] = 1 }
      try give(.demand(app, Demand(queued: Int.random(in: 0...2, using: &random), oldestQueuedSeconds: 1, inFlight: inFlight)))
    case ..<90:
      try give(.time(app))
    case ..<97:
      guard let runner = runners.randomElement(using: &random) else { return }
      try give(.runner(runner.id, generation: runner.generation, .exited(.signalled(9))))
      try makeReady(app)
    default:
      var change = SettingsChange()
      change.maxConcurrency = Int.random(in: Self.runnersPerApp...2 * Self.runnersPerApp, using: &random)
      try give(.change(app, change))
      try makeReady(app)
    }
  }

  /// Five times as many apps want a GPU as there are: what a runner's end costs while thousands wait.
  mutating func crowd() throws {
    let h100 = MachineType.GPU(model: "H100", memory: .gigabytes(80))
    let machine = Machine(type: "GPU-H100", cpu: 1, memory: .gigabytes(1), gpu: h100, gpuCount: 1)
    let apps = (0..<4_000).map { AppID(owner: "bob", name: "gpu\($0)") }
    for app in apps {
      now = now + .milliseconds(1)
      var definition = AppDefinition(name: app.name, program: .endpoints([]), machines: [machine])
      definition.scaling.minConcurrency = 1
      let bundle = BundleReference(hash: "0f", script: "app.lua")
      try give(.deploy(app, NewRevision(definition: definition, auth: .private, bundle: bundle), .init(strategy: .recreate)))
    }
    decisions = Timings("with \(apps.count - 800) runners that wait: decide + evolve")
    for app in apps.prefix(500) {
      try makeReady(app)
      guard let runner = state.apps[app]?.runners.first(where: \.state.isReady) else { continue }
      now = now + .milliseconds(1)
      try give(.runner(runner.id, generation: runner.generation, .exited(.signalled(9))))
      var apps: [AppID] = []
      settling.add(ContinuousClock().measure { apps = state.appsToSettle(after: ended) })
      for app in apps { try give(.time(app)) }
    }
  }

  private let ended = [Fact(.none, at: Moment(nanoseconds: 0), .runnerEnded(RunnerID(""), .unknown))]

  private mutating func give(_ event: Input.Event) throws {
    let app: AppID? =
      switch event {
      case .deploy(let app, _, _), .change(let app, _), .demand(let app, _), .time(let app): app
      case .runner(let runner, _, _): state.app(of: runner)
      case .setRevision, .deleteRevision, .replaceRunners, .remove, .stopRunner, .nodes, .inventory: nil
      }
    try give(event, for: app)
  }

  private mutating func give(_ event: Input.Event, for app: AppID?) throws {
    let input = Input(at: now, seed: random.next(), event)
    var facts: [Fact] = []
    let took = try ContinuousClock().measure {
      facts = try state.decide(input)
      for fact in facts { state.evolve(fact) }
    }
    decisions.add(took)
    if facts.contains(where: { $0.kind == "runnerPlaced" }) { placing.add(took) }
    guard let app else { return }
    dues.add(ContinuousClock().measure { _ = state.due(for: app, at: now) })
    wakes.add(ContinuousClock().measure { _ = state.nextWake(of: app, at: now) })
  }
}
