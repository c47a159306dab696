import AppModel
import EngineCore
import Planning
import Providers
import RunnerProtocol
import Synchronization
import TestKit
import Testing

@testable import Engine

/// What a new server does with what an earlier one left.
@Suite(.timeLimit(.minutes(1))) struct AdoptionTests {
  let clock = ManualClock()
  let journal = FaultyJournal()

  /// A server after the one that `journal` tells of.
  private func next(_ provider: SimulatedProvider) -> Stage {
    Stage(journal: journal, clock: clock, provider: provider, recovered: EngineState(folding: journal.facts))
  }

  /// A server that is gone, with a runner that serves.
  private func served() async throws -> (SimulatedProvider, RunnerID) {
    let first = Stage(journal: journal, clock: clock)
    _ = try await first.engine.deploy(Stage.revision { $0.scaling.minConcurrency = 1 }, strategy: .rolling)
    let runner = try await first.ready()
    await first.engine.leave()
    return (first.provider, runner)
  }

  @Test func nothingIsStartedBeforeItIsKnownWhatStillRuns() async throws {
    let (provider, runner) = try await served()
    // It ends while no server is there, so that another one will be missed.
    provider.end(runner.text, .signalled(9))
    let quiet = QuietProvider(provider: provider)
    let stage = Stage()
    let engine = Engine(
      provider: quiet, dataPlane: stage.dataPlane, journal: journal, launches: Stage.launches, clock: clock,
      recovered: EngineState(folding: journal.facts))
    async let started: Void = engine.start()
    async let deployed = engine.deploy(Stage.app, Stage.revision(), DeployOptions(strategy: .rolling))
    while !quiet.hasBegun || engine.mailbox.waitingCommands == 0 {
      try Task.checkCancellation()
      await Task.yield()
    }
    #expect(stage.dataPlane.calls == [.route(Stage.app, RevisionID("words-1"))])
    #expect(provider.running.isEmpty)
    quiet.speak()
    await started
    #expect(try await deployed == RevisionID("words-2"))
    while provider.running.isEmpty {
      try Task.checkCancellation()
      await Task.yield()
    }
    await engine.leave()
  }

  @Test func aRunnerThatGotReadyWhileNobodyListenedServes() async throws {
    let first = Stage(journal: journal, clock: clock)
    first.dataPlane.setAnswer { _, _ in [] }
    await first.engine.start()
    let revision = try await first.engine.deploy(Stage.app, Stage.revision(), DeployOptions(strategy: .rolling))
    let runner = try await first.requested()
    try await first.attached(runner)
    await first.engine.leave()
    // Longer than any start may take.
    clock.advance(by: .seconds(100_000))
    let second = next(first.provider)
    await second.engine.start()
    #expect(try await second.engine.outcome(of: Stage.app, revision) == .promoted)
    #expect(await second.engine.runners(Stage.app).map(\.id) == [runner])
    #expect(second.provider.running.map(\.instance.generation) == [1])
    await second.engine.leave()
  }

  @Test func aRunnerThatNobodyKnowsIsKilled() async throws {
    let (provider, _) = try await served()
    let other = Stage(clock: clock, provider: provider)
    await other.engine.start()
    while !provider.running.isEmpty {
      try Task.checkCancellation()
      await Task.yield()
    }
    await other.engine.leave()
  }

  @Test func aServerThatStartsOnAFullDiskAdoptsWhenThereIsRoomAgain() async throws {
    let (provider, runner) = try await served()
    journal.setFull(true)
    let second = next(provider)
    await second.engine.start()
    #expect(await second.engine.problem == "the journal cannot be written: no space left on device")
    await #expect(throws: EngineError.self) { try await second.engine.remove(Stage.app) }
    #expect(second.dataPlane.calls == [.route(Stage.app, RevisionID("words-1"))])
    journal.setFull(false)
    clock.advance(by: .seconds(10))
    #expect(try await second.event { if case .adopted(let count) = $0 { count } else { nil } } == 1)
    try await second.attached(runner)
    #expect(provider.running.map(\.instance.id) == [runner.text])
    await second.engine.leave()
  }

  @Test func aRunnerThatWaitsForRoomIsPlacedWhenAnotherAppMakesSome() async throws {
    let node = Node(id: NodeID("small"), cpu: 1, memory: .gigabytes(1))
    let stage = Stage(clock: clock, provider: SimulatedProvider(nodes: [node]))
    let engine = stage.engine
    _ = try await engine.deploy(Stage.revision { $0.scaling.minConcurrency = 1 }, strategy: .rolling)
    let other = AppID(owner: "me", name: "other")
    var patient = Stage.revision()
    patient.restart = .persistent
    let revision = try await engine.deploy(other, patient, DeployOptions(strategy: .rolling))
    let (waiting, reason) = try await stage.event { event in
      if case .runnerWaits(other, let runner, let reason) = event { (runner, reason) } else { nil }
    }
    #expect(!reason.isEmpty)
    try await engine.remove(Stage.app)
    let place = try await stage.event { event in
      if case .runnerPlaced(other, waiting, let placement) = event { placement.node } else { nil }
    }
    #expect(place == node.id)
    #expect(try await engine.outcome(of: other, revision) == .promoted)
    await engine.stop(grace: .zero)
  }
}

/// A provider that takes its time to say what it has.
final class QuietProvider: Provider {
  private let provider: SimulatedProvider
  private let events = Mutex<(@Sendable (ProviderEvent) -> Void)?>(nil)

  init(provider: SimulatedProvider) { self.provider = provider }

  func begin(events: @escaping @Sendable (ProviderEvent) -> Void) { self.events.withLock { $0 = events } }

  var hasBegun: Bool { events.withLock { $0 != nil } }

  func speak() {
    guard let events = events.withLock({ $0 }) else { return }
    provider.begin(events: events)
  }

  func start(_ start: RunnerStart) { provider.start(start) }
  func stop(_ instance: RunnerInstance) { provider.stop(instance) }
  func kill(_ instance: RunnerInstance) { provider.kill(instance) }
  func enforcement(for machine: Machine) -> Enforcement { provider.enforcement(for: machine) }
  func leave() async { await provider.leave() }
  func close() async { await provider.close() }
}
