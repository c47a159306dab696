import EngineCore
import Planning

/// What holds after every step, whatever happened.
enum Checks {
  /// Runners of a revision that is about to take traffic, beside the active one's: as documented.
  static let candidatesMax = 1

  /// Before `fact` is folded: under `rolling` an alias moves only to a revision that has a ready runner at that moment.
  static func checkMove(_ fact: Fact, in state: EngineState) throws {
    guard case .aliasMoved(let revision) = fact.change, let app = state.apps[fact.app] else { return }
    // Where it is already, only who may call changes.
    guard app.rollout?.strategy == .rolling, app.alias != revision else { return }
    try require(
      app.runners.contains { $0.revision == revision && $0.state.isReady },
      "the alias of \(app.id) moves to \(revision), which has no ready runner")
  }

  static func check(_ state: EngineState, changed: Set<AppID>, at now: Moment) throws {
    for app in state.apps.values.sorted(by: { $0.id < $1.id }) where changed.contains(app.id) {
      try checkNumbers(of: app, at: now)
      try checkRoles(of: app)
    }
    try checkHoldings(state)
  }

  /// Runners stay between minimum and maximum; a rolling rollout adds one at most, and a replacement as many as there were.
  private static func checkNumbers(of app: AppState, at now: Moment) throws {
    let counted = app.runners.filter(\.state.isCounted)
    guard let active = app.active else {
      return try require(counted.count <= candidatesMax, "\(app.id) has no revision and \(counted.count) runners")
    }
    let scaling = app.scaling(of: active)
    let fresh = app.countedRunners(of: active.id)
    let replaced = counted.count { $0.revision == active.id && $0.isReplaced }
    let candidates = counted.count { $0.revision != active.id }
    let most = scaling.maxConcurrency
    try require(fresh <= most, "\(app.id) has \(fresh) runners, at most \(most) are allowed")
    try require(replaced <= most, "\(replaced) runners of \(app.id) wait to be replaced, at most \(most) were there")
    try require(candidates <= candidatesMax, "\(app.id) has \(candidates) runners of a candidate")
    let isHeld = active.failures.holdUntil.map { $0 > now } ?? false
    let least = min(scaling.minConcurrency, most)
    try require(isHeld || fresh >= least, "\(app.id) has \(fresh) runners, at least \(least) are asked for")
  }

  /// Only runners of the active revision and of the candidate stay.
  private static func checkRoles(of app: AppState) throws {
    for runner in app.runners where runner.state.isCounted {
      let isWanted = app.removal == nil && (runner.revision == app.alias || runner.revision == app.rollout?.revision)
      try require(isWanted, "runner \(runner.id) of \(runner.revision) has no part to play")
      try require(app.revision(runner.revision) != nil, "\(runner.revision) of runner \(runner.id) is gone")
    }
    try require(app.removal == nil || (app.alias == nil && app.rollout == nil), "\(app.id) is removed and has an alias")
    try require(app.alias == nil || app.active != nil, "the alias of \(app.id) points to a revision that is gone")
    try require(Set(app.runners.map(\.id)).count == app.runners.count, "\(app.id) has a runner twice")
    for runner in app.runners where runner.state.isReady {
      try require(runner.place != nil && runner.readyAt != nil, "runner \(runner.id) is ready and nowhere")
    }
  }

  /// What the nodes give is what the runners hold, each GPU once, and no more than there is.
  private static func checkHoldings(_ state: EngineState) throws {
    var pool = Pool()
    var gpus: Set<String> = []
    for runner in state.apps.values.lazy.flatMap(\.runners) {
      guard let placement = runner.placement else {
        try require(!runner.state.mayHaveProcess, "runner \(runner.id) is \(runner.state.name) and holds nothing")
        continue
      }
      try require(!runner.state.isTerminated, "runner \(runner.id) has ended and holds \(placement)")
      pool.hold(placement)
      for gpu in placement.gpus {
        try require(gpus.insert("\(placement.node)/\(gpu)").inserted, "GPU \(gpu) of \(placement.node) is given twice")
      }
    }
    for share in state.pool.shares {
      let held = pool.share(of: share.node.id)
      let isSame =
        share.milliCPUHeld == held?.milliCPUHeld ?? 0 && share.memoryHeld == held?.memoryHeld ?? 0
        && share.gpusHeld == held?.gpusHeld ?? []
      try require(isSame, "the books of \(share.node.id) do not add up")
      guard share.isPresent else { continue }
      try require(share.milliCPUFree >= 0 && share.memoryFree >= 0, "\(share.node.id) is given out beyond its capacity")
    }
    for share in pool.shares {
      try require(state.pool.share(of: share.node.id) != nil, "\(share.node.id) is forgotten while it is held")
    }
  }

  /// What really runs on a node leaves room for one more.
  static func checkRoom(for placement: Placement, beside others: [Placement], _ nodes: [Node]) throws {
    guard let node = nodes.first(where: { $0.id == placement.node }) else {
      throw Violation("a runner is started on \(placement.node), which nobody has")
    }
    let neighbours = others.filter { $0.node == node.id }
    let taken = Set(neighbours.flatMap(\.gpus))
    try require(taken.isDisjoint(with: placement.gpus), "\(placement.gpus) of \(node.id) are still in use: \(taken)")
    try require(placement.gpus.count == placement.machine.gpuCount, "\(placement.gpus) are not \(placement.machine.gpuCount)")
    for id in placement.gpus {
      let model = node.gpus.first { $0.id == id }?.model ?? "none"
      let wanted = placement.machine.gpu?.model ?? "none"
      try require(model.contains(wanted), "GPU \(id) of \(node.id) is \(model), and \(wanted) is asked for")
    }
    let machines = neighbours.map(\.machine) + [placement.machine]
    let memory = machines.reduce(0) { $0 + $1.memory.bytes }
    try require(memory <= node.memory.bytes, "the memory of \(node.id) does not do for all that runs there")
    let cpu = machines.reduce(0) { $0 + $1.cpu }
    try require(cpu <= node.cpu + 1e-6, "the CPU of \(node.id) does not do for all that runs there")
  }

  /// Facts that were not written have not happened. What the provider tells of nodes, and counters, may stay.
  static func checkUndone(_ state: EngineState, _ before: EngineState) throws {
    try require(state.apps == before.apps, "a write failed, and something changed all the same")
    try checkHoldings(state)
  }

  /// No runner that lived through the end of a server suffers from it.
  static func checkAdoption(_ batch: Batch, _ found: [FoundInstance]) throws {
    let ended = Set(batch.facts.compactMap { fact in fact.isEnd ? fact.runner : nil })
    for instance in found where ended.contains(instance.id) {
      guard let runner = batch.before.runner(instance.id), runner.generation == instance.generation,
        !runner.isReplaced
      else { continue }
      try require(!runner.state.mayServe, "runner \(runner.id) lived through the end of the server, and is ended for it")
    }
  }
}

extension RunnerState {
  /// Whether its process may be there.
  var mayHaveProcess: Bool {
    switch self {
    case .setup, .idle, .running, .draining: true
    case .pending, .terminating, .crashBackoff, .terminated: false
    }
  }

  /// Whether it serves, or is going to.
  fileprivate var mayServe: Bool {
    switch self {
    case .pending, .setup, .idle, .running: true
    case .draining, .terminating, .crashBackoff, .terminated: false
    }
  }
}

extension Fact {
  /// Whether a runner is given up by it.
  fileprivate var isEnd: Bool {
    switch change {
    case .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerCrashed, .runnerTerminating, .runnerEnded: true
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerRequested, .runnerPlaced, .runnerWaits, .runnerReplacing, .runnerStarted,
      .runnerAdopted, .runnerReady, .runnerLinkLost, .runnerProcessEnded, .runnerRetried, .runnerDraining, .demandObserved,
      .nodesSeen,
      .strayFound, .strayEnded, .inputIgnored:
      false
    }
  }
}
