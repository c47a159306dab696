import AppModel
import Engine
import EngineCore
import Providers
import RunnerProtocol
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct EngineTests {
  let journal = InMemoryJournal()
  let stage: Stage
  var engine: Engine { stage.engine }

  init() { stage = Stage(journal: journal) }

  @Test func aRollingDeployWaitsForAReadyRunnerAndRoutesToIt() async throws {
    #expect(try await engine.deploy(Stage.revision(), strategy: .rolling) == .promoted)
    let runner = try await stage.ready()
    let attached = try #require(
      stage.dataPlane.calls.compactMap { call -> LaunchSpec? in
        if case .attach(runner, let socket, let launch, 1) = call, socket.hasSuffix(runner.text) { launch } else { nil }
      }.first)
    #expect(attached.script == "words.lua" && attached.secrets == ["KEY": "hidden"] && attached.ephemeral)
    #expect(attached.memoryMax == ByteCount.gigabytes(1).bytes)
    #expect(stage.dataPlane.calls.last == .route(Stage.app, RevisionID("words-1")))
    #expect(await engine.runners(Stage.app).map(\.state) == ["IDLE"])
    await engine.stop(grace: .seconds(5))
  }

  @Test func aFailedRollingDeployTellsWhyAndWhatTheRunnerWroteLast() async throws {
    #expect(try await engine.deploy(Stage.revision(), strategy: .rolling) == .promoted)
    let line = LogRecord(nanoseconds: 1, level: .error, source: .script, message: "words.lua:3: boom")
    stage.dataPlane.setAnswer { _, _ in [.log(line), .failed(FailureReport(code: "setup-failed", message: "boom"))] }
    let outcome = try await engine.deploy(Stage.revision(), strategy: .rolling)
    #expect(outcome == .failed(RunnerFailure(code: "setup-failed", message: "boom"), lastLines: [line]))
    #expect(await engine.activeRevision(Stage.app) == RevisionID("words-1"))
    await engine.stop(grace: .seconds(5))
  }

  @Test func aRunnerThatCannotBeStartedFailsTheDeployWithTheProvidersReason() async throws {
    stage.provider.setStartOutcome(.refuses(ProviderFailure(code: "spawn-failed", message: "no such file")))
    let outcome = try await engine.deploy(Stage.revision(), strategy: .rolling)
    #expect(outcome == .failed(RunnerFailure(code: "spawn-failed", message: "no such file"), lastLines: []))
    await engine.stop(grace: .seconds(5))
  }

  @Test func aRecreateDeployIsOverAtOnceAndAWarmOneWaitsForItsRunner() async throws {
    #expect(try await engine.deploy(Stage.revision(), strategy: .recreate) == .promoted)
    #expect(stage.provider.running.isEmpty)
    #expect(try await engine.deploy(Stage.revision(), strategy: .recreate, warm: true) == .promoted)
    #expect(stage.provider.running.count == 1)
    await engine.stop(grace: .seconds(5))
  }

  @Test func aNewerDeploySupersedesAnOlderOne() async throws {
    stage.dataPlane.setAnswer { _, _ in [] }
    async let older = engine.deploy(Stage.revision(), strategy: .rolling)
    try await stage.attached(try await stage.requested())
    stage.dataPlane.setAnswer { _, _ in [.ready(ReadyReport(pid: 1, startMilliseconds: 1))] }
    #expect(try await engine.deploy(Stage.revision(), strategy: .rolling) == .promoted)
    #expect(try await older == .superseded(by: RevisionID("words-2")))
    await engine.stop(grace: .seconds(5))
  }

  @Test func aRunnerThatIsKilledInServiceIsReplacedAtOnce() async throws {
    _ = try await engine.deploy(Stage.revision { $0.scaling.minConcurrency = 1 }, strategy: .rolling)
    let first = try await stage.ready()
    stage.provider.end(first.text, .signalled(9))
    #expect(try await stage.exited(first) == .signalled(9))
    let second = try await stage.ready()
    #expect(first != second)
    #expect(stage.dataPlane.calls.contains(.detach(first)))
    await engine.stop(grace: .seconds(5))
  }

  @Test func queuedRequestsStartRunnersAndIdleOnesEndAfterTheirKeepAlive() async throws {
    _ = try await engine.deploy(Stage.revision { $0.scaling.keepAlive = .seconds(60) }, strategy: .recreate)
    engine.demand(Stage.app, Demand(queued: 2, oldestQueuedSeconds: 0))
    let runners = [try await stage.ready(), try await stage.ready()]
    engine.demand(Stage.app, Demand(inFlight: [runners[0]: 1, runners[1]: 1]))
    engine.demand(Stage.app, .none)
    try await stage.clock.advanceToWakes(in: .seconds(60))
    for _ in runners {
      _ = try await stage.event { if case .runnerDraining = $0 { true } else { nil } }
    }
    await engine.stop(grace: .seconds(5))
  }

  @Test func anOutOfMemoryKillIsToldAsSuch() async throws {
    _ = try await engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try await stage.ready()
    stage.provider.end(runner.text, .outOfMemory(machine: "S", limit: .gigabytes(1)))
    let exit = try await stage.exited(runner)
    #expect(exit.description == "out of memory: S allows 1 GB")
    #expect(await engine.runners(Stage.app).map(\.reason) == [exit.description])
    await engine.stop(grace: .seconds(5))
  }

  @Test func whatARunnerWritesIsPassedOnAndItsLastFiftyLinesAreKept() async throws {
    _ = try await engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try await stage.ready()
    for number in 0..<60 { stage.provider.write(runner.text, line: "line \(number)") }
    let first = try await stage.event { if case .log(_, runner, let record) = $0 { record } else { nil } }
    #expect(first.message == "line 0" && first.source == .runner)
    #expect(engine.lastLines(of: runner).map(\.message) == (10..<60).map { "line \($0)" })
    await engine.stop(grace: .seconds(5))
  }

  @Test func stoppingEndsEveryRunnerEvenStubbornOnes() async throws {
    _ = try await engine.deploy(Stage.revision { $0.scaling.minConcurrency = 2 }, strategy: .recreate, warm: true)
    stage.provider.setIgnoresStop(true)
    stage.dataPlane.setOnDrain { _ in }
    async let stopped: Void = engine.stop(grace: .seconds(10))
    _ = try await stage.event { if case .runnerDraining = $0 { true } else { nil } }
    try await stage.clock.advanceToWakes(in: .seconds(10))
    await stopped
    #expect(stage.provider.running.isEmpty)
    await #expect(throws: EngineError.self) { try await engine.deploy(Stage.revision(), strategy: .recreate) }
  }

  @Test func stoppingWhileADeployWaitsEndsTheWait() async throws {
    stage.dataPlane.setAnswer { _, _ in [] }
    async let outcome = engine.deploy(Stage.revision(), strategy: .rolling)
    _ = try await stage.requested()
    await engine.stop(grace: .zero)
    #expect(try await outcome == .removed)
  }

  @Test func theJournalTellsTheSameStoryWithoutSecrets() async throws {
    _ = try await engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try await stage.ready()
    let state = EngineState(folding: journal.facts)
    #expect(state.runner(runner)?.state.name == "IDLE")
    #expect(state.apps[Stage.app]?.alias == RevisionID("words-1"))
    #expect(!"\(journal.facts)".contains("hidden"))
    await engine.stop(grace: .seconds(5))
  }

  @Test func nothingHappensThatCannotBeWrittenDown() async throws {
    let broken = Engine(
      provider: stage.provider, dataPlane: stage.dataPlane, journal: FullDisk(), launches: Stage.launches, clock: stage.clock)
    await #expect(throws: EngineError.self) { try await broken.deploy(Stage.revision(), strategy: .recreate) }
    #expect(await broken.apps == [])
    #expect(stage.dataPlane.calls.isEmpty)
  }

  @Test func aRefusedInputIsShown() async throws {
    _ = try await engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try await stage.ready()
    stage.dataPlane.say(.failed(FailureReport(code: "late", message: "after ready")), of: runner)
    let fault = try await stage.event { if case .fault(let text) = $0 { text } else { nil } }
    #expect(fault.contains("IDLE"))
    await engine.stop(grace: .seconds(5))
  }
}

struct FullDisk: Journal {
  struct NoSpace: Error {}

  func append(_ facts: [Fact]) throws { throw NoSpace() }
}
