import AppModel
import Engine
import EngineCore
import TestKit
import Testing

/// A server is killed at every write of a life, before and after it; the next one goes on as if nothing had been.
@Suite(.timeLimit(.minutes(2))) struct RecoveryTests {
  /// What counts of a life once it is over.
  struct End: Hashable {
    var alias: RevisionID?
    var revisions: [RevisionID]
    var ready: Int
    var living: Int
    /// Runners that were ever started.
    var starts: Int
  }

  @Test func aServerThatIsKilledAtAnyWriteIsContinuedByTheNextOne() async throws {
    let (expected, appends) = try await live([])
    #expect(expected.alias == RevisionID("words-1") && expected.ready == 2 && expected.living == 2)
    #expect(expected.revisions == [RevisionID("words-1")])
    try #require(appends > 10)
    for append in 1...appends {
      for isAfterWrite in [false, true] {
        let death = Mortality.Death(append: append, isAfterWrite: isAfterWrite)
        let (end, _) = try await live([death])
        try #require(end == expected, "\(death)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<40) func serversThatAreKilledAgainAndAgainComeToTheSameEnd(seed: UInt64) async throws {
    var random = SplitMix(state: seed)
    let deaths = (0..<6).map { _ in
      Mortality.Death(append: .random(in: 1...6, using: &random), isAfterWrite: .random(using: &random))
    }
    let (end, _) = try await live(deaths)
    let (expected, _) = try await live([])
    try #require(end == expected, "seed \(seed): \(deaths)")
  }

  /// Deploy, demand, deploy again, change settings, go back, and delete what is not needed.
  private func live(_ deaths: [Mortality.Death]) async throws -> (End, appends: Int) {
    var world = await World(deaths)
    let first = RevisionID("words-1")
    let second = RevisionID("words-2")
    let revision = Stage.revision { $0.scaling.keepAlive = .seconds(1_000_000) }
    try await deploy(revision, first, &world)
    world.setDemand(Demand(queued: 2, oldestQueuedSeconds: 100))
    try await world.carryOut(isDone: { _ in true }, isOver: { $0.ready(of: first) == 2 }, { _ in })
    world.setDemand(.none)
    try await deploy(revision, second, &world)
    try await world.carryOut(
      isDone: { $0.apps[Stage.app]?.settings.minConcurrency == 2 }, isOver: { $0.ready(of: second) == 2 },
      { engine in
        var change = SettingsChange()
        change.minConcurrency = 2
        try await engine.change(Stage.app, change)
      })
    try await world.carryOut(
      isDone: { $0.isOrWillBe(first) }, isOver: { $0.hasSettled(on: first) && $0.ready(of: first) == 2 },
      { try await $0.setRevision(Stage.app, first, strategy: .rolling) })
    try await world.carryOut(
      isDone: { $0.apps[Stage.app]?.revision(second) == nil }, isOver: { _ in true },
      { try await $0.deleteRevision(Stage.app, second) })
    return (try await end(of: world), world.mortality.appends)
  }

  private func deploy(_ revision: NewRevision, _ id: RevisionID, _ world: inout World) async throws {
    try await world.carryOut(
      isDone: { $0.apps[Stage.app]?.revision(id) != nil }, isOver: { $0.hasSettled(on: id) },
      { _ = try await $0.deploy(Stage.app, revision, DeployOptions(strategy: .rolling)) })
  }

  private func end(of world: World) async throws -> End {
    let view = await world.engine.view
    #expect(EngineState(folding: world.journal.facts).durableProjection == view.durableProjection)
    let app = try #require(view.apps[Stage.app])
    #expect(world.provider.running.count == app.runners.count { !$0.state.isTerminated })
    let starts = world.journal.facts.count { if case .runnerStarted = $0.change { true } else { false } }
    await world.engine.leave()
    return End(
      alias: app.alias, revisions: app.revisions.map(\.id), ready: app.runners.count { $0.state.isReady },
      living: world.provider.running.count, starts: starts)
  }

  @Test func aServerThatLeavesIsFollowedByOneThatTakesItsRunnersOver() async throws {
    let clock = ManualClock()
    let journal = FaultyJournal()
    let first = Stage(journal: journal, clock: clock)
    _ = try await first.engine.deploy(
      Stage.revision {
        $0.scaling.minConcurrency = 3
        $0.scaling.maxConcurrency = 3
      }, strategy: .rolling)
    for _ in 0..<3 { _ = try await first.ready() }
    let running = first.provider.running
    await first.engine.leave()
    first.provider.end(running[1].instance.id, .signalled(9))
    #expect(first.provider.running.count == 2)

    let next = Stage(
      journal: journal, clock: clock, provider: first.provider, recovered: EngineState(folding: journal.facts))
    await next.engine.start()
    #expect(try await next.event { if case .adopted(let count) = $0 { count } else { nil } } == 2)
    _ = try await next.ready()
    let living = Set(next.provider.running.map(\.instance.id))
    #expect(living.count == 3 && living.isSuperset(of: [running[0].instance.id, running[2].instance.id]))
    // Requests for the app wait from the first moment on: the route is there before anything else.
    guard case .route(Stage.app, RevisionID("words-1")) = next.dataPlane.calls.first else {
      return #expect(Bool(false), "\(next.dataPlane.calls.first.debugDescription)")
    }
    await next.engine.leave()
  }

  @Test func aServerThatEndsItsRunnersKeepsItsApps() async throws {
    let journal = FaultyJournal()
    let first = Stage(journal: journal)
    _ = try await first.engine.deploy(Stage.revision { $0.scaling.minConcurrency = 2 }, strategy: .rolling)
    for _ in 0..<2 { _ = try await first.ready() }
    await first.engine.leave(runnersEndWithin: .seconds(5))
    #expect(first.provider.running.isEmpty)
    let next = Stage(journal: journal, recovered: EngineState(folding: journal.facts))
    await next.engine.start()
    for _ in 0..<2 { _ = try await next.ready() }
    #expect(await next.engine.activeRevision(Stage.app) == RevisionID("words-1"))
    await next.engine.leave()
  }
}

extension EngineState {
  fileprivate func ready(of revision: RevisionID) -> Int {
    apps[Stage.app]?.runners.count { $0.revision == revision && $0.state.isReady } ?? 0
  }

  fileprivate func isOrWillBe(_ revision: RevisionID) -> Bool {
    apps[Stage.app]?.rollout?.revision == revision || apps[Stage.app]?.alias == revision
  }

  /// It takes the traffic, and no runner of another one is left.
  fileprivate func hasSettled(on revision: RevisionID) -> Bool {
    guard let app = apps[Stage.app] else { return false }
    return app.alias == revision && app.rollout == nil
      && app.runners.allSatisfy { $0.revision == revision || $0.state.isTerminated }
  }
}
