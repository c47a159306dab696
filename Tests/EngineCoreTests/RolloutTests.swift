import AppModel
import Testing

@testable import EngineCore

@Suite struct RolloutTests {
  var story = Story()
  let old = Story.id(1), new = Story.id(2)

  /// An app with one ready runner on the old revision.
  private mutating func serveOld() throws -> RunnerID {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    try story.makeAllReady()
    let runner = try story.runner(0).id
    try story.demand([runner: 1])
    return runner
  }

  @Test mutating func recreateSwitchesAtOnceAndDrainsTheOldRunners() throws {
    let runner = try serveOld()
    try story.deploy(Story.revision())
    #expect(story.appState?.alias == new)
    #expect(story.states == ["DRAINING"])
    #expect(story.routed == new)
    #expect(story.dueOfRunners == [.drain(runner, generation: 1)])
    #expect(story.rolloutEnds == [.promoted, .promoted])
  }

  @Test mutating func recreateStartsTheNewRunnerWithoutWaitingForTheOldOneToEnd() throws {
    _ = try serveOld()
    try story.deploy(Story.revision())
    try story.demand(queued: 2)
    #expect(story.states == ["DRAINING", "PENDING", "PENDING"])
  }

  @Test mutating func aWarmRecreateStartsARunnerAndReportsItsFailure() throws {
    try story.deploy(Story.revision(), .recreate, warm: true)
    #expect(story.states == ["PENDING"])
    #expect(story.rolloutEnds == [])
    let failure = RunnerFailure(code: "script-error", message: "boom")
    try story.start(try story.runner(0).id)
    try story.report(try story.runner(0).id, .failed(failure))
    #expect(story.rolloutEnds == [.failed(failure)])
    #expect(story.appState?.alias == old, "recreate has switched already")
  }

  @Test mutating func rollingKeepsTheOldRevisionUntilARunnerOfTheNewOneIsReady() throws {
    let runner = try serveOld()
    try story.deploy(Story.revision(), .rolling)
    #expect(story.states == ["RUNNING", "PENDING"])
    let candidate = try story.lastRunner().id
    try story.start(candidate)
    #expect(story.appState?.alias == old)
    try story.report(candidate, .ready)
    #expect(story.appState?.alias == new)
    #expect(story.states == ["DRAINING", "IDLE"])
    #expect(story.routed == new)
    #expect(story.dueOfRunners.first == .drain(runner, generation: 1))
    #expect(story.rolloutEnds == [.promoted, .promoted])
  }

  @Test mutating func rollingStaysOnTheOldRevisionWhenTheStartFailsAndSaysWhy() throws {
    _ = try serveOld()
    try story.deploy(Story.revision(), .rolling)
    let candidate = try story.lastRunner().id
    let failure = RunnerFailure(code: "setup-failed", message: "words.lua:3: boom")
    try story.start(candidate)
    try story.report(candidate, .failed(failure))
    #expect(story.rolloutEnds == [.promoted, .failed(failure)])
    #expect(story.appState?.alias == old)
    #expect(story.states == ["RUNNING", "TERMINATING"])
    try story.report(candidate, .exited(.exited(status: 1)))
    #expect(story.states == ["RUNNING", "TERMINATED"], "a failed candidate does not try again")
  }

  @Test(arguments: [
    Input.RunnerReport.exited(.outOfMemory(machine: "S", limit: .gigabytes(1))),
    .notPlaced(.init(code: "start-refused", message: "no such file")),
  ])
  mutating func rollingFailsHoweverTheRunnerFails(_ report: Input.RunnerReport) throws {
    try story.deploy(Story.revision(restart: .ephemeral), .rolling)
    try story.report(try story.runner(0).id, report)
    guard case .failed = story.rolloutEnds.last else {
      Issue.record("the rollout goes on: \(story.states)")
      return
    }
    #expect(story.appState?.alias == nil)
    #expect(story.livingStates == [])
  }

  @Test mutating func aConnectionLostDuringSetupWaitsForTheExitThatExplainsIt() throws {
    try story.deploy(Story.revision(), .rolling)
    let runner = try story.runner(0).id
    try story.start(runner)
    try story.report(runner, .linkClosed)
    #expect(story.rolloutEnds == [])
    try story.report(runner, .exited(.exited(status: 3)))
    let failure = RunnerFailure(code: "runner-exited", message: "the runner exited with status 3")
    #expect(story.rolloutEnds == [.failed(failure)])
  }

  @Test mutating func aConnectionLostDuringSetupFailsTheStartWhenNoExitFollows() throws {
    try story.deploy(Story.revision(), .rolling)
    let runner = try story.runner(0).id
    try story.start(runner)
    try story.report(runner, .linkClosed)
    try story.advance(by: .seconds(1))
    #expect(try story.runner(0).failure?.code == "connection-lost")
    #expect(story.due.contains(.kill(runner, generation: 1)))
  }

  @Test mutating func aNewerDeploySupersedesARolloutUnderWay() throws {
    _ = try serveOld()
    try story.deploy(Story.revision(), .rolling)
    try story.deploy(Story.revision(), .rolling)
    #expect(story.rolloutEnds.last == .superseded(by: Story.id(3)))
    #expect(story.states == ["RUNNING", "TERMINATING", "PENDING"])
    #expect(story.appState?.alias == old)
  }

  @Test mutating func revisionsAreNumberedFromOneAndNoNumberIsUsedTwice() throws {
    for _ in 1...3 { try story.deploy(Story.revision()) }
    try story.input(.deleteRevision(Story.app, Story.id(2)))
    try story.deploy(Story.revision())
    #expect(story.appState?.revisions.map(\.id.text) == ["words-1", "words-3", "words-4"])
  }

  @Test mutating func aRemovedAppIsForgottenOnceItsLastRunnerHasEnded() throws {
    let runner = try serveOld()
    try story.input(.remove(Story.app, grace: .seconds(10)))
    #expect(story.routed == nil)
    #expect(story.dueOfRunners == [.drain(runner, generation: 1)])
    #expect(story.states == ["DRAINING"])
    try story.report(runner, .exited(.exited(status: 0)))
    #expect(story.appState == nil)
    #expect(story.state.app(of: runner) == nil)
  }

  @Test mutating func whatOutlivesTheGraceOfARemovalIsKilled() throws {
    let runner = try serveOld()
    try story.input(.remove(Story.app, grace: .seconds(10)))
    try story.advance(by: .seconds(10))
    #expect(story.states == ["TERMINATING"])
    #expect(story.due.contains(.kill(runner, generation: 1)))
  }

  @Test mutating func removingEndsARolloutUnderWay() throws {
    try story.deploy(Story.revision(), .rolling)
    try story.input(.remove(Story.app, grace: .zero))
    #expect(story.rolloutEnds == [.removed])
    #expect(story.states == ["TERMINATING"])
  }

  @Test mutating func anAppCanBeDeployedAgainWhileItsOldRunnersEnd() throws {
    let runner = try serveOld()
    try story.input(.remove(Story.app, grace: .seconds(10)))
    try story.deploy(Story.revision(), .recreate, warm: true)
    #expect(story.states == ["DRAINING", "PENDING"])
    try story.report(runner, .exited(.exited(status: 0)))
    #expect(story.states == ["TERMINATED", "PENDING"])
  }

  @Test mutating func endedRunnersAndIdleRevisionsAreKeptInBoundedNumber() throws {
    for _ in 0..<40 {
      try story.deploy(Story.revision(), .recreate, warm: true)
      let runner = try story.lastRunner().id
      try story.makeReady(runner)
      try story.report(runner, .exited(.exited(status: 0)))
    }
    let app = try #require(story.appState)
    #expect(app.runners.count == AppState.endedRunnersMax)
    #expect(app.revisions.count <= AppState.idleRevisionsMax + 2)
    #expect(story.state.appsByRunner.count == app.runners.count)
  }

  @Test func whatDoesNotExistIsRefused() {
    var story = Story()
    #expect(throws: EngineRejection.unknownApp(Story.app)) { try story.input(.change(Story.app, SettingsChange())) }
    #expect(throws: EngineRejection.unknownApp(Story.app)) { try story.input(.remove(Story.app, grace: .zero)) }
    #expect(throws: EngineRejection.unknownRunner(RunnerID("x"))) {
      try story.input(.stopRunner(RunnerID("x"), .kill, replaces: false))
    }
  }
}
