import EngineCore
import Planning

extension Checks {
  /// In a world that behaves, everything that was due has come about.
  static func checkSettled(_ world: World) throws {
    guard let server = world.server, server.isServing else { throw Violation("no server serves") }
    let state = server.state
    for app in world.apps {
      try require(world.routes[app] == state.apps[app]?.alias, "\(app) goes to \(world.routes[app]?.text ?? "nothing")")
    }
    try require(state.strays.isEmpty, "strays are left: \(state.strays.keys)")
    for (id, process) in world.processes.sorted(by: { $0.key.text < $1.key.text }) where process.isAlive {
      guard let runner = state.runner(id) else { throw Violation("nobody knows of the living runner \(id)") }
      try require(runner.generation == process.generation, "an old generation of \(id) lives")
      try require(runner.state.isReady, "the living runner \(id) is \(runner.state.name)")
      try require(process.app == .ready, "runner \(id) takes requests and is \(process.app)")
      try require(process.host == server.number, "nobody is connected to runner \(id)")
    }
    for app in state.apps.values.sorted(by: { $0.id < $1.id }) { try checkSettled(app, world, state, at: world.clock) }
  }

  private static func checkSettled(_ app: AppState, _ world: World, _ state: EngineState, at now: Moment) throws {
    try require(app.removal == nil, "\(app.id) is still being removed")
    try require(app.rollout == nil, "the rollout of \(app.id) to \(app.rollout?.revision.text ?? "") never ends")
    for runner in app.runners {
      switch runner.state {
      case .idle: try require(world.processes[runner.id]?.isAlive == true, "runner \(runner.id) is idle and not there")
      case .terminated: break
      case .pending:
        try require(runner.isUnplaced, "runner \(runner.id) has a place and never starts")
        guard let revision = app.revision(runner.revision) else { throw Violation("runner \(runner.id) has no revision") }
        let definition = app.definition(of: revision)
        if case .placed = state.pool.place(Wish(definition)) {
          throw Violation("runner \(runner.id) waits although there is room for it")
        }
        try require(runner.waitsFor != nil, "nobody says why runner \(runner.id) waits")
      case .setup, .running, .draining, .terminating, .crashBackoff:
        throw Violation("runner \(runner.id) is still \(runner.state.name)")
      }
    }
    guard let active = app.active else { return }
    let scaling = app.scaling(of: active)
    let wanted = min(scaling.maxConcurrency, max(scaling.minConcurrency, scaling.concurrencyBuffer))
    let counted = app.countedRunners(of: active.id)
    try require(counted == wanted, "\(app.id) has \(counted) runners without any request, and \(wanted) are wanted")
  }

  /// After the end of all apps nothing is left.
  static func checkOver(_ world: World) throws {
    guard let server = world.server else { throw Violation("no server serves") }
    try require(server.state.apps.isEmpty, "removed apps are still there: \(server.state.apps.keys.sorted())")
    let living = world.processes.filter { $0.value.isAlive }.keys
    try require(living.isEmpty, "runners outlive their apps: \(living)")
    try require(server.state.pool.shares.allSatisfy(\.isUnused), "something is held for nobody")
    try require(world.routes.isEmpty, "routes of removed apps are left: \(world.routes.keys)")
  }
}
