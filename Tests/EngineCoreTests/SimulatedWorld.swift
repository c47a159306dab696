import AppModel
import Planning
import Testing

@testable import EngineCore

/// A provider with nodes and runners, a gateway, a journal and people, all simulated, around the real core.
///
/// Runners take time, crash, hang and ignore signals; the provider's events are lost, told twice and reordered; nodes vanish
/// and come back; the server dies and another one takes over, with a clock that has jumped. Everything follows from the seed.
/// Once `faults` is off the world behaves, so that what is due has to come about.
struct SimulatedWorld {
  var state = EngineState()
  /// All facts, and what the durable ones alone add up to: what a server that starts now would know.
  var facts: [Fact] = []
  var shadow = EngineState()
  /// The world's own time.
  var now = Moment(nanoseconds: 1_700_000_000_000_000_000)
  /// What the server's clock is ahead.
  var skew = Duration.zero
  var random: SeededRandom
  var faults = true
  /// The server is dead: nothing reaches it.
  var isDown = false

  var outbox = Outbox()
  var routes: [AppID: RevisionID] = [:]
  var processes: [RunnerID: SimulatedProcess] = [:]
  var nodes: Set<NodeID>
  var load: [AppID: Int] = [:]

  private var scheduled: [(at: Moment, order: Int, happening: Happening)] = []
  private var order = 0
  var deploys = 0

  static let apps = [
    AppID(owner: "ada", name: "one"), AppID(owner: "bob", name: "two", environment: "test"),
    AppID(owner: "bob", name: "three"),
  ]

  enum Happening {
    case input(Input.Event)
    case process(RunnerID, generation: Int, ProcessStep)
    case person
    case gateway(AppID)
    case nodes
    case crash
    case restart
    /// A moment nobody asked for: nothing may follow from it.
    case nothing
  }

  enum ProcessStep { case getReady, fail, crash, obey, sicken }

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    nodes = Set(Self.nodes.map(\.id))
    schedule(.person, in: .zero)
    schedule(.nodes, in: .seconds(40))
    schedule(.crash, in: random.duration(5_000...120_000))
    for app in Self.apps { schedule(.gateway(app), in: .seconds(1)) }
  }

  /// The time as the server sees it.
  var clock: Moment { now + skew }

  mutating func schedule(_ happening: Happening, in delay: Duration) {
    order += 1
    scheduled.append((now + delay, order, happening))
  }

  /// Moves to the next thing that happens: a scheduled one, or a wake that the core or its outbox asked for.
  mutating func step() throws {
    let next = try #require(
      scheduled.indices.min { left, right in
        (scheduled[left].at, scheduled[left].order) < (scheduled[right].at, scheduled[right].order)
      })
    if let (at, app) = nextWake(), at <= scheduled[next].at {
      now = max(now, at)
      return try give(.time(app))
    }
    let (at, _, happening) = scheduled.remove(at: next)
    now = max(now, at)
    switch happening {
    case .input(let event): try give(event)
    case .process(let runner, let generation, let step): try take(step, of: runner, generation: generation)
    case .person: try actAsPerson()
    case .gateway(let app): try reportDemand(of: app)
    case .nodes: try changeNodes()
    case .crash: crash()
    case .restart: try restart()
    case .nothing: try expectNothingDue()
    }
  }

  private func nextWake() -> (Moment, AppID)? {
    guard !isDown else { return nil }
    let wakes = (Self.apps + [.none]).compactMap { app in
      [state.nextWake(of: app, at: clock), outbox.nextRepeat(of: app)].compactMap(\.self).min().map { ($0, app) }
    }
    return wakes.min { $0.0 < $1.0 }.map { (now + ($0.0 - clock), $0.1) }
  }

  // MARK: The shell's part: decide, write down, fold, act.

  mutating func give(_ event: Input.Event) throws {
    guard !isDown else { return }
    var decided = try decide(event)
    var settling = state.appsToSettle(after: decided)
    while !settling.isEmpty {
      let followed = try decide(.time(settling.removeFirst()))
      decided += followed
      for app in state.appsToSettle(after: followed) where !settling.contains(app) { settling.append(app) }
    }
    try Invariants.checkQueue(of: state, after: decided)
    if random.chance(20) { schedule(.nothing, in: random.duration(1...2_000)) }
  }

  private mutating func decide(_ event: Input.Event) throws -> [Fact] {
    let input = Input(at: clock, seed: random.next(), event)
    let decided = try state.decide(input)
    #expect(try state.decide(input) == decided, "the same input gives other facts")
    for fact in decided {
      try Invariants.checkMove(fact, in: state)
      state.evolve(fact)
      if fact.isDurable { shadow.evolve(fact) }
    }
    facts += decided
    try Invariants.check(state, after: decided, at: clock)
    try #require(shadow.durableProjection == state.durableProjection, "the durable facts give another state")
    for app in Self.apps + [.none] {
      for action in outbox.take(state.due(for: app, at: clock), of: app, at: clock) { try perform(action) }
    }
    return decided
  }

  private mutating func perform(_ action: Action) throws {
    switch action {
    case .route(let app, let revision, _):
      routes[app] = revision
    case .start(let runner, let generation, _, let placement):
      try start(runner, generation, placement)
    case .attach(let runner, let generation, _, _):
      attach(runner, generation)
    case .drain(let runner, let generation):
      schedule(.process(runner, generation: generation, .obey), in: random.duration(1...3_000))
    case .detach(let runner, let generation):
      guard processes[runner]?.generation == generation else { return }
      try #require(processes[runner]?.isAlive != true, "a living runner is detached")
      processes[runner] = nil
    case .stop(let runner, let generation):
      signal(runner, generation, isKill: false)
    case .kill(let runner, let generation):
      signal(runner, generation, isKill: true)
    }
  }

  private func expectNothingDue() throws {
    guard !isDown else { return }
    // A wake that was asked for would have come first.
    for app in Self.apps {
      let facts = try state.decide(Input(at: clock, seed: 1, .time(app))).filter(\.isDurable)
      try #require(facts == [], "the core slept through a deadline")
    }
  }

  // MARK: The server dies, and another one takes over.

  private mutating func crash() {
    guard faults else { return }
    isDown = true
    schedule(.restart, in: random.duration(0...40_000))
  }

  private mutating func restart() throws {
    // What was on its way to the server that died is lost.
    scheduled.removeAll { if case .input = $0.happening { true } else { false } }
    state = shadow.durableProjection
    shadow = state
    outbox = Outbox()
    routes = [:]
    skew += random.duration(-60_000...(random.chance(20) ? 3_600_000 : 1_000))
    for runner in processes.keys { processes[runner]?.isAttached = false }
    isDown = false
    try give(.nodes(Self.nodes.filter { nodes.contains($0.id) }))
    if random.chance(30) { addStray() }
    let found = processes.filter { $0.value.isAlive && isReachable($0.value) }
      .map { FoundInstance(id: $0.key, generation: $0.value.generation, place: $0.value.place) }
    try give(.inventory(found.sorted { $0.id.text < $1.id.text }))
    schedule(.crash, in: random.duration(5_000...120_000))
  }
}
