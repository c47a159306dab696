import AppModel
import Planning
import Testing

@testable import EngineCore

/// A provider, runners, a gateway and people, all simulated, around the real core.
///
/// Runners take time, crash, hang and ignore signals; the provider's events are lost, told twice and reordered. Everything
/// follows from the seed. Once `faults` is off the world behaves, so that what is due has to come about.
struct SimulatedWorld {
  var state = EngineState()
  var facts: [Fact] = []
  var now = Moment(nanoseconds: 1_700_000_000_000_000_000)
  var random: SeededRandom
  var faults = true

  var outbox = Outbox()
  var routes: [AppID: RevisionID] = [:]
  var processes: [RunnerID: SimulatedProcess] = [:]
  var load: [AppID: Int] = [:]
  var routesSeen = 0

  private var scheduled: [(at: Moment, order: Int, happening: Happening)] = []
  private var order = 0
  private var revisions = 0

  static let apps = [AppID(owner: "ada", name: "one"), AppID(owner: "bob", name: "two", environment: "test")]

  enum Happening {
    case input(Input.Event)
    case process(RunnerID, generation: Int, ProcessStep)
    case person
    case gateway(AppID)
    /// A moment nobody asked for: nothing may follow from it.
    case nothing
  }

  enum ProcessStep { case getReady, fail, crash, obey, closeLink }

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    schedule(.person, in: .zero)
    for app in Self.apps { schedule(.gateway(app), in: .seconds(1)) }
    state.evolve(Fact(.none, at: now, .nodesSeen([Story.roomy])))
  }

  mutating func schedule(_ happening: Happening, in delay: Duration) {
    order += 1
    scheduled.append((now + delay, order, happening))
  }

  /// Moves to the next thing that happens: a scheduled one, or a wake that the core or its outbox asked for.
  mutating func step() throws {
    let wake = Self.apps.compactMap { app in
      [state.nextWake(of: app, at: now), outbox.nextRepeat(of: app)].compactMap(\.self).min().map { ($0, app) }
    }.min { $0.0 < $1.0 }
    let next = try #require(
      scheduled.indices.min { left, right in
        (scheduled[left].at, scheduled[left].order) < (scheduled[right].at, scheduled[right].order)
      })
    if let (at, app) = wake, at <= scheduled[next].at {
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
    case .nothing: try expectNothingDue()
    }
  }

  // MARK: The shell's part: decide, fold, act.

  mutating func give(_ event: Input.Event) throws {
    let input = Input(at: now, seed: random.next(), event)
    let decided = try state.decide(input)
    #expect(try state.decide(input) == decided, "the same input gives other facts")
    for fact in decided {
      try Invariants.checkMove(fact, in: state)
      state.evolve(fact)
    }
    facts += decided
    try Invariants.check(state, after: decided, at: now)
    for app in Self.apps {
      for action in outbox.take(state.due(for: app, at: now), of: app, at: now) { try perform(action, of: app) }
    }
    if random.chance(20) { schedule(.nothing, in: random.duration(1...2_000)) }
  }

  private mutating func perform(_ action: Action, of app: AppID) throws {
    switch action {
    case .route(let app, let revision, _):
      routes[app] = revision
    case .start(let runner, let generation, _, _):
      try start(runner, generation)
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
    // A wake that was asked for would have come first.
    for app in Self.apps {
      try #require(try state.decide(Input(at: now, seed: 1, .time(app))) == [], "the core slept through a deadline")
    }
  }

  // MARK: The provider and its runners.

  private mutating func start(_ runner: RunnerID, _ generation: Int) throws {
    if let known = processes[runner], known.generation == generation {
      // Told before: whatever became of it is told again.
      return tell(runner, generation, known.isAlive ? .started(known.place) : .exited(known.exit), canBeLost: true)
    }
    try #require(processes[runner]?.isAlive != true, "two generations of runner \(runner) live at once")
    if faults && random.chance(5) {
      return tell(runner, generation, .notPlaced(.init(code: "start-refused", message: "no room")), canBeLost: true)
    }
    processes[runner] = SimulatedProcess(generation: generation, isStubborn: faults && random.chance(10))
    tell(runner, generation, .started(.init(socket: "/s", pid: 1)), canBeLost: true)
    if faults && random.chance(5) {
      schedule(.process(runner, generation: generation, .crash), in: random.duration(0...300))
    }
  }

  private mutating func attach(_ runner: RunnerID, _ generation: Int) {
    guard processes[runner]?.generation == generation, processes[runner]?.isAlive == true else {
      return tell(runner, generation, .linkClosed, canBeLost: false)
    }
    processes[runner]?.isAttached = true
    let outcome = faults ? Int.random(in: 0..<100, using: &random) : 99
    switch outcome {
    case ..<10: schedule(.process(runner, generation: generation, .fail), in: random.duration(0...500))
    case ..<15: schedule(.process(runner, generation: generation, .crash), in: random.duration(0...500))
    case ..<18: break  // Never ready: the startup time-out has to end it.
    default: schedule(.process(runner, generation: generation, .getReady), in: random.duration(0...500))
    }
  }

  private mutating func signal(_ runner: RunnerID, _ generation: Int, isKill: Bool) {
    guard let process = processes[runner], process.generation == generation, process.isAlive else {
      if processes[runner] == nil { processes[runner] = SimulatedProcess(generation: generation, ended: .unknown) }
      return tell(runner, generation, .exited(processes[runner]?.exit ?? .unknown), canBeLost: true)
    }
    if isKill {
      end(runner, .signalled(9))
    } else {
      schedule(.process(runner, generation: generation, .obey), in: random.duration(0...2_000))
    }
  }

  private mutating func take(_ step: ProcessStep, of runner: RunnerID, generation: Int) throws {
    guard let process = processes[runner], process.generation == generation, process.isAlive else { return }
    switch step {
    case .getReady:
      guard !process.isDone else { return }
      processes[runner]?.isReady = true
      try give(.runner(runner, generation: generation, .ready))
      if faults && random.chance(30) {
        schedule(.process(runner, generation: generation, .crash), in: random.duration(0...20_000))
      }
    case .fail:
      guard !process.isDone else { return }
      processes[runner]?.isDone = true
      try give(.runner(runner, generation: generation, .failed(.init(code: "setup-failed", message: "no"))))
      schedule(.process(runner, generation: generation, .obey), in: random.duration(0...200))
    case .crash:
      end(runner, .signalled(11))
    case .obey:
      processes[runner]?.isDone = true
      if !process.isStubborn { end(runner, .exited(status: 0)) }
    case .closeLink:
      try give(.runner(runner, generation: generation, .linkClosed))
    }
  }

  private mutating func end(_ runner: RunnerID, _ exit: RunnerExit) {
    guard let process = processes[runner], process.isAlive else { return }
    processes[runner]?.exit = exit
    processes[runner]?.isAlive = false
    tell(runner, process.generation, .exited(exit), canBeLost: true)
    if process.isAttached { tell(runner, process.generation, .linkClosed, canBeLost: true) }
  }

  /// Says something about a runner: late, and in bad times twice or not at all.
  private mutating func tell(_ runner: RunnerID, _ generation: Int, _ report: Input.RunnerReport, canBeLost: Bool) {
    let event = Happening.input(.runner(runner, generation: generation, report))
    if !(faults && canBeLost && random.chance(10)) { schedule(event, in: random.duration(0...200)) }
    if faults && random.chance(10) { schedule(event, in: random.duration(0...5_000)) }
  }

  // MARK: People and the gateway.

  private mutating func actAsPerson() throws {
    guard faults else { return }
    schedule(.person, in: random.duration(10...20_000))
    let app = Self.apps[Int.random(in: 0..<Self.apps.count, using: &random)]
    guard let known = state.apps[app] else { return try deploy(app) }
    switch Int.random(in: 0..<100, using: &random) {
    case ..<50: try deploy(app)
    case ..<65: try give(.change(app, randomChange()))
    case ..<75: try give(.remove(app, grace: random.duration(0...20_000)))
    default:
      guard let runner = known.runners.randomElement(using: &random) else { return }
      let modes: [Input.StopMode] = [.drain, .terminate, .kill]
      try give(.stopRunner(runner.id, modes[Int.random(in: 0..<3, using: &random)], replaces: random.chance(30)))
    }
  }

  private mutating func deploy(_ app: AppID) throws {
    revisions += 1
    var definition = AppDefinition(
      name: app.name, program: .endpoints([]), machines: [Machine(type: "S", cpu: 1, memory: .gigabytes(1))])
    definition.scaling = randomScaling()
    definition.timeouts.startup = .seconds(20)
    definition.timeouts.request = .seconds(30)
    definition.timeouts.terminationGrace = random.quarters(upTo: 5)
    let revision = NewRevision(
      definition: definition, auth: .public, bundle: BundleReference(hash: "r\(revisions)", script: "app.lua"),
      restart: random.chance(50) ? .persistent : .ephemeral)
    let strategy: Strategy = random.chance(50) ? .rolling : .recreate
    try give(
      .deploy(app, revision, DeployOptions(strategy: strategy, warm: random.chance(50), resetsScaling: random.chance(50))))
  }

  private mutating func randomScaling() -> Scaling {
    var scaling = Scaling()
    scaling.maxConcurrency = Int.random(in: 0...5, using: &random)
    scaling.minConcurrency = random.chance(60) ? 0 : Int.random(in: 0...5, using: &random)
    scaling.concurrencyBuffer = random.chance(70) ? 0 : Int.random(in: 0...3, using: &random)
    scaling.concurrencyBufferPercentage = random.chance(70) ? 0 : Int.random(in: 0...100, using: &random)
    scaling.maxMultiplexing = Int.random(in: 1...4, using: &random)
    scaling.scalingDelay = random.chance(50) ? .zero : random.quarters(upTo: 3)
    scaling.keepAlive = random.quarters(upTo: 60)
    return scaling
  }

  private mutating func randomChange() -> SettingsChange {
    let scaling = randomScaling()
    var change = SettingsChange()
    if random.chance(50) { change.minConcurrency = scaling.minConcurrency }
    if random.chance(50) { change.maxConcurrency = scaling.maxConcurrency }
    if random.chance(30) { change.concurrencyBuffer = scaling.concurrencyBuffer }
    if random.chance(30) { change.maxMultiplexing = scaling.maxMultiplexing }
    if random.chance(30) { change.keepAlive = InSeconds(wrappedValue: scaling.keepAlive) }
    return change
  }

  private mutating func reportDemand(of app: AppID) throws {
    schedule(.gateway(app), in: random.duration(faults ? 10...5_000 : 15_000...30_000))
    guard let known = state.apps[app] else { return }
    if random.chance(30) { load[app] = faults ? Int.random(in: 0...12, using: &random) : 0 }
    var waiting = load[app] ?? 0
    var inFlight: [RunnerID: Int] = [:]
    for runner in known.runners where runner.state.isReady && waiting > 0 {
      let taken = Int.random(in: 0...min(waiting, 4), using: &random)
      waiting -= taken
      if taken > 0 { inFlight[runner.id] = taken }
    }
    let waited = waiting > 0 ? Double.random(in: 0...5, using: &random) : nil
    try give(.demand(app, Demand(queued: waiting, oldestQueuedSeconds: waited, inFlight: inFlight)))
  }
}

/// A runner's process, as the simulated provider sees it.
struct SimulatedProcess {
  let generation: Int
  /// Ignores SIGTERM.
  let isStubborn: Bool
  var isAlive = true
  var isAttached = false
  var isReady = false
  /// Failed, or told to end: says nothing more on its connection.
  var isDone = false
  var exit = RunnerExit.unknown
  var place: Runner.Place { .init(socket: "/s", pid: 1) }

  init(generation: Int, isStubborn: Bool) {
    self.generation = generation
    self.isStubborn = isStubborn
  }

  init(generation: Int, ended: RunnerExit) {
    self.init(generation: generation, isStubborn: false)
    isAlive = false
    exit = ended
  }
}
