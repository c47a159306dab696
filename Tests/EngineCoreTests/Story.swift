import AppModel
import Planning
import Testing

@testable import EngineCore

/// Tells the core what happens, step by step, with a clock that moves only when told.
struct Story {
  var state = EngineState()
  var now = Moment(nanoseconds: 1_000_000_000_000)
  var facts: [Fact] = []
  private var seed: UInt64 = 0

  static let app = AppID(owner: "me", name: "words")

  static let roomy = Node(id: NodeID("roomy"), cpu: 1_000, memory: .gigabytes(1_000))

  /// - Parameter nodes: nil: the provider has not told of them.
  init(nodes: [Node]? = [roomy]) {
    if let nodes { state.evolve(Fact(.none, at: now, .nodesSeen(nodes))) }
  }

  static func revision(
    restart: RestartPolicy = .persistent, _ change: (inout AppDefinition) -> Void = { _ in }
  ) -> NewRevision {
    var definition = AppDefinition(
      name: app.name, program: .endpoints([]), machines: [Machine(type: "S", cpu: 1, memory: .gigabytes(1))])
    change(&definition)
    return NewRevision(
      definition: definition, auth: .public, bundle: BundleReference(hash: "abc", script: "words.lua"), restart: restart)
  }

  /// What the core calls the app's revision of that number.
  static func id(_ number: Int) -> RevisionID { RevisionID("words-\(number)") }

  @discardableResult
  mutating func input(_ event: Input.Event) throws -> [Fact] {
    seed += 1
    let decided = try state.decide(Input(at: now, seed: seed, event))
    for fact in decided { state.evolve(fact) }
    facts += decided
    return decided
  }

  mutating func deploy(
    _ revision: NewRevision, _ strategy: Strategy = .recreate, warm: Bool = false, resetsScaling: Bool = false
  ) throws {
    try input(.deploy(Self.app, revision, DeployOptions(strategy: strategy, warm: warm, resetsScaling: resetsScaling)))
  }

  mutating func change(_ change: (inout SettingsChange) -> Void) throws {
    var settings = SettingsChange()
    change(&settings)
    try input(.change(Self.app, settings))
  }

  /// Moves the clock, stopping wherever the core asked to be woken.
  mutating func advance(by duration: Duration) throws {
    let end = now + duration
    while let wake = state.nextWake(of: Self.app, at: now), wake <= end {
      try #require(wake > now, "the core asks to be woken without moving on")
      now = wake
      try input(.time(Self.app))
    }
    now = end
  }

  mutating func report(_ runner: RunnerID, _ report: Input.RunnerReport, generation: Int? = nil) throws {
    let generation = generation ?? state.runner(runner)?.generation ?? 1
    try input(.runner(runner, generation: generation, report))
  }

  mutating func start(_ runner: RunnerID) throws {
    try report(runner, .started(.init(socket: "/s/\(runner)", pid: 7)))
  }

  mutating func makeReady(_ runner: RunnerID) throws {
    try start(runner)
    try report(runner, .ready)
  }

  /// Its process ends while it starts, and all that it said has been heard.
  mutating func endStart(of runner: RunnerID) throws {
    try report(runner, .exited(.exited(status: 1)))
    try report(runner, .linkClosed)
  }

  /// Starts every runner that waits for it.
  mutating func makeAllReady() throws {
    for runner in appState?.runners ?? [] {
      if case .pending = runner.state { try makeReady(runner.id) }
    }
  }

  mutating func demand(queued: Int = 0, waited: Double = 0, _ inFlight: [RunnerID: Int] = [:]) throws {
    let oldest = queued > 0 ? waited : nil
    try input(.demand(Self.app, Demand(queued: queued, oldestQueuedSeconds: oldest, inFlight: inFlight)))
  }

  var appState: AppState? { state.apps[Self.app] }

  /// The names of all runners' states, oldest runner first.
  var states: [String] { appState?.runners.map(\.state.name) ?? [] }

  /// As `states`, without those that ended.
  var livingStates: [String] { states.filter { $0 != "TERMINATED" } }

  func runner(_ index: Int) throws -> Runner { try #require(appState).runners[index] }

  /// The youngest runner.
  func lastRunner() throws -> Runner { try #require(appState?.runners.last) }

  var due: [Action] { state.due(for: Self.app, at: now) }

  /// Where new requests go, as the world is told.
  var routed: RevisionID? {
    for case .route(Self.app, let revision, _) in due { return revision }
    return nil
  }

  /// What the world is told besides the route.
  var dueOfRunners: [Action] {
    due.filter { if case .route = $0 { false } else { true } }
  }

  var rolloutEnds: [RolloutEnd] {
    facts.compactMap { if case .rolloutEnded(_, let end) = $0.change { end } else { nil } }
  }
}
