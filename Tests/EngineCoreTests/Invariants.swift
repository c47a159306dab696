import AppModel
import Testing

@testable import EngineCore

/// What holds after every step of a simulation, whatever happened.
enum Invariants {
  /// Before `fact` is folded: a rolling alias moves only to a revision that has a ready runner at that moment.
  static func checkMove(_ fact: Fact, in state: EngineState) throws {
    guard case .aliasMoved(let revision) = fact.change, let app = state.apps[fact.app] else { return }
    guard app.rollout?.strategy == .rolling else { return }
    try #require(
      app.runners.contains { $0.revision == revision && $0.state.isReady },
      "the alias of \(app.id) moves to \(revision), which has no ready runner")
  }

  static func check(_ state: EngineState, after decided: [Fact], at now: Moment) throws {
    for app in Set(decided.map(\.app)) {
      let again = try state.decide(Input(at: now, seed: 7, .time(app)))
      try #require(again == [], "deciding again at the same time changes something")
    }
    for app in state.apps.values {
      try checkNumbers(of: app, at: now)
      try checkRoles(of: app)
      try checkBounds(of: app)
    }
    let runners = state.apps.values.reduce(0) { $0 + $1.runners.count }
    try #require(state.appsByRunner.count == runners)
    for (runner, app) in state.appsByRunner { try #require(state.apps[app]?.runner(runner) != nil) }
  }

  /// Runners stay between minimum and maximum; a rolling rollout adds one at most.
  private static func checkNumbers(of app: AppState, at now: Moment) throws {
    let all = app.runners.count { $0.state.isCounted }
    guard let active = app.active else {
      return try #require(all <= Decision.candidatesMax)
    }
    let scaling = app.scaling(of: active)
    let counted = app.countedRunners(of: active.id)
    try #require(counted <= scaling.maxConcurrency)
    try #require(all <= scaling.maxConcurrency + Decision.candidatesMax)
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
  }

  private static func checkBounds(of app: AppState) throws {
    try #require(app.runners.count { $0.state.isTerminated } <= AppState.endedRunnersMax)
    try #require(Set(app.runners.map(\.id)).count == app.runners.count)
    for runner in app.runners where runner.state.isReady {
      try #require(runner.place != nil && runner.readyAt != nil)
    }
  }

  /// In a world that behaves, everything that was due has come about.
  static func checkSettled(_ world: SimulatedWorld) throws {
    for app in SimulatedWorld.apps {
      try #require(world.routes[app] == world.state.apps[app]?.alias)
    }
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
      }
    }
  }
}
