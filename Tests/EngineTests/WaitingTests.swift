import AppModel
import Engine
import EngineCore
import RunnerProtocol
import TestKit
import Testing

/// Callers that wait for what becomes of a command.
@Suite(.timeLimit(.minutes(1))) struct WaitingTests {
  let stage = Stage()
  var engine: Engine { stage.engine }

  private func beginDeploy() async throws -> RevisionID {
    stage.dataPlane.setAnswer { _, _ in [] }
    await engine.start()
    return try await engine.deploy(Stage.app, Stage.revision(), DeployOptions(strategy: .rolling))
  }

  @Test func cancellingOneWaiterConcernsNobodyElse() async throws {
    let revision = try await beginDeploy()
    let runner = try await stage.requested()
    try await stage.attached(runner)
    let waiters = (0..<10).map { _ in Task { try await engine.outcome(of: Stage.app, revision) } }
    waiters[3].cancel()
    await #expect(throws: CancellationError.self) { try await waiters[3].value }
    stage.dataPlane.say(.ready(ReadyReport(pid: 1, startMilliseconds: 1)), of: runner)
    for (number, waiter) in waiters.enumerated() where number != 3 {
      #expect(try await waiter.value == .promoted)
    }
    await engine.stop(grace: .seconds(5))
  }

  @Test func howARolloutEndedCanBeAskedLater() async throws {
    #expect(try await engine.deploy(Stage.revision(), strategy: .recreate) == .promoted)
    stage.dataPlane.setAnswer { _, _ in [.failed(FailureReport(code: "setup-failed", message: "boom"))] }
    guard case .failed = try await engine.deploy(Stage.revision(), strategy: .rolling) else {
      return #expect(Bool(false))
    }
    #expect(try await engine.outcome(of: Stage.app, RevisionID("words-1")) == .promoted)
    let failed = RolloutOutcome.failed(RunnerFailure(code: "setup-failed", message: "boom"), lastLines: [])
    #expect(try await engine.outcome(of: Stage.app, RevisionID("words-2")) == failed)
    #expect(try await engine.outcome(of: Stage.app, RevisionID("words-9")) == .unknown)
    await engine.stop(grace: .seconds(5))
  }

  @Test func whoWaitsForARemovalIsToldWhenNothingIsLeft() async throws {
    #expect(try await engine.deploy(Stage.revision(), strategy: .rolling) == .promoted)
    try await engine.remove(Stage.app)
    try await engine.removed(Stage.app)
    #expect(stage.provider.running.isEmpty)
    #expect(await engine.apps == [])
    try await engine.removed(Stage.app)
    await engine.stop(grace: .seconds(5))
  }

  @Test func anEngineThatLeavesSaysThatTheRolloutGoesOn() async throws {
    let revision = try await beginDeploy()
    async let outcome = engine.outcome(of: Stage.app, revision)
    _ = try await stage.requested()
    await engine.leave()
    #expect(try await outcome == .unfinished)
    #expect(try await engine.outcome(of: Stage.app, revision) == .unfinished)
  }

  @Test func aListenerOfOneAppHearsNothingOfOthers() async throws {
    await engine.start()
    let words = engine.events(of: Stage.app)
    let other = AppID(owner: "me", name: "other")
    _ = try await engine.deploy(other, Stage.revision(), DeployOptions(strategy: .recreate))
    #expect(try await engine.deploy(Stage.revision(), strategy: .recreate) == .promoted)
    await engine.stop(grace: .seconds(5))
    var heard: [EngineEvent] = []
    for await event in words { heard.append(event) }
    #expect(heard.contains(.rolloutStarted(Stage.app, RevisionID("words-1"))))
    #expect(!heard.contains { "\($0)".contains("other") })
  }
}
