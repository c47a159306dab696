import AppModel
import Testing

@testable import EngineCore

@Suite struct ScalingTests {
  var story = Story()

  @Test mutating func anAppWithoutRequestsAndMinimumHasNoRunner() throws {
    try story.deploy(Story.revision())
    #expect(story.states == [])
    #expect(story.routed == Story.id(1))
    #expect(story.dueOfRunners == [])
  }

  @Test mutating func aQueuedRequestStartsARunnerAndSaysWhy() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    #expect(story.states == ["PENDING"])
    #expect(try story.runner(0).cause == .demand)
  }

  @Test mutating func theSameDemandToldAgainStartsNothingMore() throws {
    try story.deploy(Story.revision())
    for _ in 0..<3 { try story.demand(queued: 1) }
    #expect(story.states == ["PENDING"])
  }

  @Test mutating func aRequestHasToWaitForTheScalingDelay() throws {
    try story.deploy(Story.revision { $0.scaling.scalingDelay = .seconds(5) })
    try story.demand(queued: 1, waited: 1)
    try story.advance(by: .milliseconds(3_999))
    #expect(story.states == [])
    try story.advance(by: .milliseconds(1))
    #expect(story.states == ["PENDING"])
  }

  @Test mutating func anIdleRunnerStopsAfterItsKeepAliveAndNotBefore() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.demand([runner: 1])
    try story.advance(by: .seconds(500))
    #expect(story.states == ["RUNNING"])
    try story.demand()
    try story.advance(by: .milliseconds(59_999))
    #expect(story.states == ["IDLE"])
    try story.advance(by: .milliseconds(1))
    #expect(story.states == ["DRAINING"])
    #expect(story.due.contains(.drain(runner, generation: 1)))
  }

  @Test mutating func aRequestThatCameAndWentBetweenTwoReportsKeepsARunnerAlive() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.demand()
    try story.advance(by: .seconds(50))
    try story.input(.demand(Story.app, Demand(busySince: [runner])))
    try story.advance(by: .seconds(50))
    #expect(story.states == ["IDLE"])
  }

  @Test mutating func theMinimumIsNotRetired() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 2 })
    try story.makeAllReady()
    try story.advance(by: .seconds(10_000))
    #expect(story.states == ["IDLE", "IDLE"])
    #expect(try story.runner(0).cause == .minimum)
  }

  @Test mutating func theLongestIdleRunnerGoesFirst() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    try story.demand(queued: 2)
    try story.makeAllReady()
    let runners = try #require(story.appState).runners.map(\.id)
    try story.demand([runners[0]: 1, runners[1]: 1])
    try story.demand([runners[0]: 1])
    try story.advance(by: .seconds(10))
    try story.demand()
    try story.advance(by: .seconds(50))
    #expect(story.states == ["IDLE", "DRAINING"])
  }

  @Test mutating func aLowerMaximumEndsWhatHasTheLeastToLose() throws {
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 3 })
    try story.demand(queued: 3)
    let runners = try #require(story.appState).runners.map(\.id)
    for runner in runners[..<2] { try story.makeReady(runner) }
    try story.demand(queued: 1, [runners[0]: 1])
    try story.change { $0.maxConcurrency = 1 }
    #expect(story.states == ["RUNNING", "DRAINING", "TERMINATING"])
    try story.change { $0.maxConcurrency = 3 }
    try story.demand(queued: 2, [runners[0]: 1])
    #expect(story.livingStates == ["RUNNING", "DRAINING", "TERMINATING", "PENDING", "PENDING"])
  }

  @Test mutating func aCrashedRunnerIsReplacedAtOnceWhereItIsMissed() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.demand([runner: 1])
    try story.report(runner, .exited(.signalled(9)))
    #expect(story.states == ["TERMINATED"])
    try story.demand(queued: 1)
    #expect(story.states == ["TERMINATED", "PENDING"])
  }

  @Test mutating func aLostConnectionKillsTheRunnerAndReplacesItBeforeItsExitIsKnown() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.report(runner, .linkClosed)
    #expect(story.states == ["TERMINATING", "PENDING"])
    #expect(story.due.contains(.kill(runner, generation: 1)))
    try story.report(runner, .exited(.signalled(9)))
    #expect(story.states == ["TERMINATED", "PENDING"])
  }

  @Test mutating func aRunnerThatCrashesAgainAndAgainIsHeldBackEverLonger() throws {
    try story.deploy(Story.revision(restart: .ephemeral) { $0.scaling.minConcurrency = 1 })
    for hold in [0, 1, 2, 4, 8] {
      try story.makeReady(try story.lastRunner().id)
      try story.report(try story.lastRunner().id, .exited(.exited(status: 1)))
      if hold > 0 {
        try story.advance(by: .seconds(hold) - .milliseconds(1))
        #expect(story.livingStates == [])
        try story.advance(by: .milliseconds(1))
      }
      #expect(story.livingStates == ["PENDING"])
    }
    try story.makeReady(try story.lastRunner().id)
    try story.advance(by: .seconds(61))
    try story.report(try story.lastRunner().id, .exited(.exited(status: 1)))
    #expect(story.livingStates == ["PENDING"], "a crash after a stable minute starts a new count")
  }

  @Test mutating func afterAFailedStartThereIsThirtySecondsMorePauseEachTime() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    let runner = try story.runner(0).id
    for (generation, pause) in [(1, 30), (2, 60), (3, 90)] {
      try story.start(runner)
      try story.report(runner, .failed(.init(code: "setup-failed", message: "no")))
      #expect(story.states == ["TERMINATING"])
      try story.report(runner, .exited(.exited(status: 1)))
      #expect(story.states == ["CRASH_BACKOFF"])
      try story.advance(by: .seconds(pause) - .milliseconds(1))
      #expect(story.states == ["CRASH_BACKOFF"])
      try story.advance(by: .milliseconds(1))
      #expect(story.states == ["PENDING"])
      #expect(try story.runner(0).generation == generation + 1)
    }
    try story.makeReady(runner)
    #expect(story.appState?.revisions[0].failures.failedStarts == 0)
  }

  @Test mutating func aSuccessfulStartWakesTheOthers() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 2 })
    let runners = try #require(story.appState).runners.map(\.id)
    for runner in runners { try story.start(runner) }
    try story.endStart(of: runners[0])
    #expect(story.states == ["CRASH_BACKOFF", "SETUP"])
    try story.report(runners[1], .ready)
    #expect(story.states == ["PENDING", "IDLE"])
  }

  @Test mutating func aRunnerWithoutAPlaceTriesAgainAfterTwentySeconds() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    let runner = try story.runner(0).id
    for _ in 0..<3 {
      try story.report(runner, .notPlaced(.init(code: "start-refused", message: "no room")))
      try story.advance(by: .milliseconds(19_999))
      #expect(story.states == ["CRASH_BACKOFF"])
      try story.advance(by: .milliseconds(1))
      #expect(story.states == ["PENDING"])
    }
  }

  @Test mutating func aRunnerThatIsNeverReadyIsStoppedAtTheStartupTimeout() throws {
    try story.deploy(
      Story.revision {
        $0.scaling.minConcurrency = 1
        $0.timeouts.startup = .seconds(10)
      })
    let runner = try story.runner(0).id
    try story.start(runner)
    try story.advance(by: .seconds(12))
    #expect(story.states == ["TERMINATING"])
    #expect(try story.runner(0).failure?.code == "startup-timeout")
    #expect(!story.due.contains(.kill(runner, generation: 1)))
    try story.advance(by: .seconds(5))
    #expect(story.due.contains(.kill(runner, generation: 1)))
  }
}
