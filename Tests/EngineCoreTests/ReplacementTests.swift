import AppModel
import Planning
import Testing

@testable import EngineCore

@Suite struct ReplacementTests {
  var story = Story()

  private mutating func serve(_ count: Int, _ change: (inout AppDefinition) -> Void = { _ in }) throws -> [RunnerID] {
    try story.deploy(
      Story.revision {
        $0.scaling.minConcurrency = count
        $0.scaling.maxConcurrency = count
        change(&$0)
      })
    try story.makeAllReady()
    return story.appState?.runners.map(\.id) ?? []
  }

  @Test mutating func everyRunnerIsReplacedAndTheOldOnesGoAsFreshOnesGetReady() throws {
    let old = try serve(2)
    try story.input(.replaceRunners(Story.app, forces: false))
    #expect(story.states == ["IDLE", "IDLE", "PENDING", "PENDING"])
    #expect(story.appState?.runners.map(\.isReplaced) == [true, true, false, false])
    let fresh = try #require(story.appState).runners[2...].map(\.id)
    #expect(try story.lastRunner().cause == .replacement)
    try story.makeReady(fresh[0])
    #expect(story.livingStates.sorted() == ["DRAINING", "IDLE", "IDLE", "PENDING"])
    try story.makeReady(fresh[1])
    #expect(old.allSatisfy { story.appState?.runner($0)?.state.name == "DRAINING" })
    #expect(fresh.allSatisfy { story.appState?.runner($0)?.state.name == "IDLE" })
  }

  @Test mutating func idleRunnersToo() throws {
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 3 })
    try story.demand(queued: 3)
    try story.makeAllReady()
    try story.demand()
    try story.input(.replaceRunners(Story.app, forces: false))
    #expect(story.states == ["IDLE", "IDLE", "IDLE", "PENDING", "PENDING", "PENDING"])
    try story.makeReady(try story.lastRunner().id)
    #expect(story.livingStates.count { $0 == "DRAINING" } == 1)
    #expect(story.livingStates.count { $0 == "IDLE" } == 3)
  }

  @Test mutating func asManySlotsAsThereWereStayUntilFreshOnesAreReady() throws {
    try story.deploy(
      Story.revision {
        $0.scaling.maxConcurrency = 3
        $0.scaling.maxMultiplexing = 4
      })
    try story.demand(queued: 12)
    try story.makeAllReady()
    let runners = try #require(story.appState).runners.map(\.id)
    try story.demand([runners[0]: 1, runners[1]: 1, runners[2]: 1])
    try story.input(.replaceRunners(Story.app, forces: false))
    #expect(story.states.prefix(3) == ["RUNNING", "RUNNING", "RUNNING"])
  }

  @Test mutating func askingAgainDoesNotPileRunnersUp() throws {
    _ = try serve(2)
    for _ in 0..<4 {
      try story.input(.replaceRunners(Story.app, forces: false))
      let pending = try #require(story.appState).runners.filter { $0.state.name == "PENDING" }
      for runner in pending { try story.start(runner.id) }
      #expect(story.appState?.runners.count { $0.state.isCounted } ?? 0 <= 5)
    }
    try story.advance(by: .seconds(1))
    for runner in try #require(story.appState).runners where runner.state.name == "SETUP" { try story.report(runner.id, .ready) }
    #expect(story.livingStates.count { $0 == "IDLE" } == 2)
  }

  @Test mutating func aReplacementThatForcesKillsAtOnce() throws {
    let old = try serve(1)
    try story.input(.replaceRunners(Story.app, forces: true))
    #expect(story.states == ["TERMINATING", "PENDING"])
    #expect(story.due.contains(.kill(old[0], generation: 1)))
  }

  @Test mutating func theOldRunnerStaysWhileTheFreshOneCannotStart() throws {
    let old = try serve(1)
    try story.input(.replaceRunners(Story.app, forces: false))
    let fresh = try story.lastRunner().id
    try story.start(fresh)
    try story.report(fresh, .failed(.init(code: "setup-failed", message: "no")))
    try story.report(fresh, .exited(.exited(status: 1)))
    try story.advance(by: .seconds(3_000))
    #expect(story.appState?.runner(old[0])?.state.name == "IDLE")
  }

  @Test mutating func whereThereIsNoRoomForBothTheOldOneMakesRoom() throws {
    story = Story(nodes: [Node(id: NodeID("tiny"), cpu: 1, memory: .gigabytes(1))])
    let old = try serve(1)
    try story.input(.replaceRunners(Story.app, forces: false))
    #expect(story.states == ["IDLE", "PENDING"])
    try story.advance(by: .seconds(20))
    #expect(story.states == ["DRAINING", "PENDING"])
    try story.report(old[0], .exited(.exited(status: 0)))
    #expect(try story.lastRunner().placement != nil)
  }

  @Test mutating func aRunnerThatIsStoppedIsReplacedFirstWhereThatIsAsked() throws {
    let old = try serve(1)
    try story.input(.stopRunner(old[0], .drain, replaces: true))
    #expect(story.states == ["IDLE", "PENDING"])
    #expect(RunnerStatus(try story.runner(0)).willBeReplaced)
    try story.makeReady(try story.lastRunner().id)
    #expect(story.states == ["DRAINING", "IDLE"])
  }

  @Test mutating func anUnhealthyRunnerGetsSIGTERMAndAnotherOneStarts() throws {
    let old = try serve(1)
    try story.report(old[0], .unhealthy(.init(code: "unhealthy", message: "3 checks failed")))
    #expect(story.states == ["TERMINATING", "PENDING"])
    #expect(!story.due.contains(.kill(old[0], generation: 1)))
    #expect(try story.runner(0).failure?.code == "unhealthy")
    try story.advance(by: .seconds(5))
    #expect(story.due.contains(.kill(old[0], generation: 1)))
  }
}
