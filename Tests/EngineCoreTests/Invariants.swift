import AppModel
import Planning
import Testing

@testable import EngineCore

/// What holds after every step of a simulation, whatever happened.
enum Invariants {
  /// Before `fact` is folded: a rolling alias moves only to a revision that has a ready runner at that moment.
  static func checkMove(_ fact: Fact, in state: EngineState) throws {
    guard case .aliasMoved(let revision) = fact.change, let app = state.apps[fact.app] else { return }
    // Where it is already, only who may call changes.
    guard app.rollout?.strategy == .rolling, app.alias != revision else { return }
    try #require(
      app.runners.contains { $0.revision == revision && $0.state.isReady },
      "the alias of \(app.id) moves to \(revision), which has no ready runner")
  }

  static func check(_ state: EngineState, after decided: [Fact], at now: Moment) throws {
    for app in Set(decided.map(\.app)) {
      // Why a runner waits may change with every other one's place.
      let again = try state.decide(Input(at: now, seed: 7, .time(app))).filter(\.isDurable)
      try #require(again == [], "deciding again at the same time changes something")
    }
    for app in state.apps.values {
      try checkNumbers(of: app, at: now)
      try checkRoles(of: app)
      try checkBounds(of: app)
    }
    try checkRoom(of: state)
    let runners = state.apps.values.reduce(0) { $0 + $1.runners.count }
    try #require(state.appsByRunner.count == runners)
    for (runner, app) in state.appsByRunner { try #require(state.apps[app]?.runner(runner) != nil) }
  }

  /// Fresh runners stay between minimum and maximum. On top come one of a rolling rollout, and those that are replaced, at
  /// most as many again.
  private static func checkNumbers(of app: AppState, at now: Moment) throws {
    let all = app.runners.count { $0.state.isCounted }
    guard let active = app.active else {
      return try #require(all <= Decision.candidatesMax)
    }
    let scaling = app.scaling(of: active)
    let counted = app.countedRunners(of: active.id)
    try #require(counted <= scaling.maxConcurrency)
    try #require(all <= 2 * scaling.maxConcurrency + Decision.candidatesMax)
    let isHeld = active.failures.holdUntil.map { $0 > now } ?? false
    try #require(isHeld || counted >= min(scaling.minConcurrency, scaling.maxConcurrency))
  }

  /// Only runners of the active revision and of the candidate stay.
  private static func checkRoles(of app: AppState) throws {
    for runner in app.runners where runner.state.isCounted {
      try #require(app.isWanted(runner.revision), "runner \(runner.id) of \(runner.revision) has no part to play")
      try #require(app.revision(runner.revision) != nil)
    }
    try #require(app.removal == nil || (app.alias == nil && app.rollout == nil))
    if let alias = app.alias { try #require(app.revision(alias) != nil) }
  }

  private static func checkBounds(of app: AppState) throws {
    try #require(app.runners.count { $0.state.isTerminated } <= AppState.endedRunnersMax)
    try #require(Set(app.runners.map(\.id)).count == app.runners.count)
    for runner in app.runners where runner.state.isReady {
      try #require(runner.place != nil && runner.readyAt != nil)
    }
  }

  /// What is held is what runners have; no node gives more than it has, and no GPU twice.
  private static func checkRoom(of state: EngineState) throws {
    var pool = Pool()
    pool.see(state.pool.nodes)
    var gpus: Set<String> = []
    for runner in state.apps.values.flatMap(\.runners) {
      switch runner.state {
      case .pending: break
      case .setup, .idle, .running, .draining, .terminating: try #require(runner.placement != nil)
      case .crashBackoff, .terminated: try #require(runner.placement == nil)
      }
      guard let placement = runner.placement else { continue }
      pool.hold(placement)
      try #require(placement.gpus.count == placement.machine.gpuCount)
      for gpu in placement.gpus { try #require(gpus.insert(gpu).inserted, "GPU \(gpu) is given twice") }
    }
    try #require(held(pool) == held(state.pool), "the pool counts otherwise than its runners")
    for share in pool.shares where share.isPresent {
      try #require(share.milliCPUFree >= 0 && share.memoryFree >= 0, "\(share.node.id) gives more than it has")
    }
    try #require(state.waiting == EngineState(state.apps.values).waiting)
  }

  private static func held(_ pool: Pool) -> [NodeID: [String]] {
    let held = pool.shares.map { share in
      (share.node.id, ["\(share.isPresent)", "\(share.milliCPUHeld)", "\(share.memoryHeld)"] + share.gpusHeld.sorted())
    }
    return Dictionary(uniqueKeysWithValues: held)
  }

  /// What could be placed is placed, and nobody is overtaken by a younger one with the same wish.
  static func checkQueue(of state: EngineState, after decided: [Fact]) throws {
    let left = state.appsToSettle(after: [Fact(.none, at: Moment(nanoseconds: 0), .appForgotten)])
    try #require(left == [], "\(left) would find room, after \(decided.map(\.kind))")
    for fact in decided {
      guard case .runnerPlaced(let id, _) = fact.change, let app = state.app(of: id).flatMap({ state.apps[$0] }),
        let runner = app.runner(id), let revision = app.revision(runner.revision)
      else { continue }
      let wish = Wish(app.definition(of: revision))
      let overtaken = state.waiting.entries.first { $0.wish == wish && $0.since < runner.requestedAt }
      try #require(overtaken == nil, "\(id) got a place that an older one waits for")
    }
  }

  /// The processes that live never share a GPU.
  static func check(_ processes: [RunnerID: SimulatedProcess]) throws {
    var gpus: Set<String> = []
    for process in processes.values where process.isAlive {
      for gpu in process.placement?.gpus ?? [] { try #require(gpus.insert(gpu).inserted, "two processes have \(gpu)") }
    }
  }

  /// In a world that behaves, everything that was due has come about.
  static func checkSettled(_ world: SimulatedWorld) throws {
    for app in SimulatedWorld.apps {
      try #require(world.routes[app] == world.state.apps[app]?.alias)
      try #require(world.state.apps[app]?.rollout == nil, "a rollout is stuck")
    }
    try #require(world.state.strays.isEmpty, "strays live on")
    for (id, process) in world.processes where process.isAlive {
      let runner = try #require(world.state.runner(id), "nobody knows of the living runner \(id)")
      try #require(runner.generation == process.generation)
      try #require(!runner.state.isTerminated, "runner \(id) lives on after its end")
    }
    for app in world.state.apps.values {
      for runner in app.runners {
        switch runner.state {
        case .idle, .running, .setup, .draining: try #require(world.processes[runner.id]?.isAlive == true)
        case .pending, .terminating, .crashBackoff, .terminated: break
        }
        try #require(!runner.isReplaced || !runner.state.isCounted, "runner \(runner.id) is still to be replaced")
      }
    }
  }
}
