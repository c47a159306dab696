import AppModel
import EngineCore
import RunnerProtocol
import TestKit
import Testing

@testable import Engine

/// A disk that is full for a while.
@Suite(.timeLimit(.minutes(1))) struct DegradedTests {
  let clock = ManualClock()
  let journal = FaultyJournal()
  let stage: Stage

  init() { stage = Stage(journal: journal, clock: clock) }

  private func ruin() async throws -> String {
    try await stage.event { if case .degraded(let reason) = $0 { reason } else { nil } }
  }

  @Test func whatCannotBeWrittenDownIsRefusedAndChangesNothing() async throws {
    _ = try await stage.engine.deploy(Stage.revision(), strategy: .rolling)
    let before = await stage.engine.view.apps
    journal.setFull(true)
    await #expect(throws: EngineError.self) { try await stage.engine.remove(Stage.app) }
    #expect(await stage.engine.view.apps == before)
    #expect(try await ruin() == "no space left on device")
    #expect(await stage.engine.problem == "the journal cannot be written: no space left on device")
  }

  @Test func afterAFailureCommandsAreRefusedWithoutTryingAgain() async throws {
    await stage.engine.start()
    journal.setFull(true)
    for _ in 0..<3 {
      await #expect(throws: EngineError.self) {
        try await stage.engine.deploy(Stage.app, Stage.revision(), DeployOptions(strategy: .recreate))
      }
    }
    #expect(journal.appends == 1)
    journal.setFull(false)
    clock.advance(by: .seconds(1))
    #expect(try await stage.engine.deploy(Stage.revision(), strategy: .rolling) == .promoted)
    #expect(await stage.engine.problem == nil)
  }

  @Test func reportsWaitForTheDiskAndNoneIsLost() async throws {
    _ = try await stage.engine.deploy(Stage.revision { $0.scaling.minConcurrency = 2 }, strategy: .rolling)
    let runners = [try await stage.ready(), try await stage.ready()]
    let earlier = journal.appends
    journal.setFull(true)
    stage.provider.end(runners[0].text, .signalled(9))
    _ = try await ruin()
    stage.provider.end(runners[1].text, .exited(status: 3))
    #expect(await stage.engine.runners(Stage.app).map(\.state) == ["IDLE", "IDLE"])
    // Tried again and again, by the clock and not in a loop.
    try await clock.advanceToWakes(in: .seconds(20))
    #expect((5...15).contains(journal.appends - earlier))
    journal.setFull(false)
    clock.advance(by: .seconds(6))
    _ = try await stage.event { if case .recovered = $0 { true } else { nil } }
    #expect(try await stage.exited(runners[0]) == .signalled(9))
    #expect(try await stage.exited(runners[1]) == .exited(status: 3))
    _ = try await stage.ready()
    #expect(await EngineState(folding: journal.facts).apps[Stage.app]?.alias == stage.engine.activeRevision(Stage.app))
    await stage.engine.stop(grace: .seconds(5))
  }

  @Test func commandsThatComeTogetherAreWrittenTogether() async throws {
    let engine = stage.engine
    _ = try await engine.deploy(Stage.revision(), strategy: .recreate)
    let earlier = journal.appends
    let count = 100
    // Holds the first append until all the other commands wait, or for ten seconds.
    journal.setOnAppend { number, facts in
      let end = ContinuousClock.now + .seconds(10)
      while number == earlier + 1, engine.mailbox.waitingCommands + facts.count < count, ContinuousClock.now < end {}
    }
    try await withThrowingTaskGroup { group in
      for number in 0..<count {
        group.addTask {
          var change = SettingsChange()
          change.maxConcurrency = number + 1
          try await engine.change(Stage.app, change)
        }
      }
      try await group.waitForAll()
    }
    #expect(journal.appends <= earlier + 3)
    #expect(journal.facts.count { if case .settingsChanged = $0.change { true } else { false } } == count)
    await engine.stop(grace: .seconds(5))
  }

  @Test func anEngineWhoseDiskIsFullCanLeave() async throws {
    _ = try await stage.engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try await stage.ready()
    journal.setFull(true)
    stage.provider.end(runner.text, .signalled(9))
    _ = try await ruin()
    await stage.engine.leave()
    await #expect(throws: EngineError.self) { try await stage.engine.remove(Stage.app) }
  }
}
