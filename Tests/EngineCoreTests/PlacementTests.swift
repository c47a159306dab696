import AppModel
import Planning
import Testing

@testable import EngineCore

@Suite struct PlacementTests {
  static let tiny = Node(id: NodeID("tiny"), cpu: 1, memory: .gigabytes(1))
  static let other = AppID(owner: "you", name: "other")

  var story = Story(nodes: [tiny])

  /// What the shell does after every input.
  private mutating func settle() throws {
    while let app = story.state.appsToSettle(after: story.facts.suffix(20)).first { try story.input(.time(app)) }
  }

  private mutating func serve(_ app: AppID, _ change: (inout AppDefinition) -> Void = { _ in }) throws {
    let revision = Story.revision {
      $0.scaling.minConcurrency = 1
      change(&$0)
    }
    try story.input(.deploy(app, revision, DeployOptions(strategy: .recreate)))
  }

  private func runner(of app: AppID) throws -> Runner { try #require(story.state.apps[app]?.runners.first) }

  @Test mutating func aRunnerIsStartedWhereItWasPlacedAndHoldsThatUntilItHasEnded() throws {
    try serve(Story.app)
    let runner = try runner(of: Story.app)
    let placement = try #require(runner.placement)
    #expect(placement.node == Self.tiny.id)
    #expect(story.dueOfRunners == [.start(runner.id, generation: 1, Story.id(1), placement)])
    try story.makeReady(runner.id)
    try story.input(.stopRunner(runner.id, .terminate, replaces: false))
    #expect(story.state.pool.share(of: Self.tiny.id)?.milliCPUFree == 0)
    #expect(story.states == ["TERMINATING", "PENDING"])
    try story.report(runner.id, .exited(.signalled(15)))
    #expect(try story.lastRunner().placement == placement)
  }

  @Test mutating func aRunnerWithoutRoomWaitsAndSaysWhy() throws {
    try serve(Story.app)
    try serve(Self.other)
    let waiting = try runner(of: Self.other)
    #expect(waiting.isUnplaced)
    #expect(RunnerStatus(waiting).reason == "no node has 1 core and 1 GB free for S; tiny has 0 cores and 0 GB free")
    #expect(story.state.due(for: Self.other, at: story.now).count == 1, "nothing but the route")
  }

  @Test mutating func whatARunnersEndFreesGoesToTheOneThatWaitsLongest() throws {
    let apps = (1...3).map { AppID(owner: "me", name: "app\($0)") }
    for app in apps {
      try serve(app)
      story.now = story.now + .seconds(1)
    }
    let first = try runner(of: apps[0])
    try story.makeReady(first.id)
    try story.report(first.id, .exited(.signalled(9)))
    try settle()
    #expect(try runner(of: apps[1]).placement != nil)
    #expect(story.state.apps[apps[0]]?.runners.last?.isUnplaced == true, "the younger one waits, though it came first")
    #expect(try runner(of: apps[2]).isUnplaced)
  }

  @Test mutating func aRunnerThatNothingNeedsAnyMoreStopsWaiting() throws {
    try serve(Self.other)
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    #expect(story.states == ["PENDING"])
    try story.demand()
    #expect(story.states == ["TERMINATED"])
    #expect(story.dueOfRunners.contains { if case .stop = $0 { true } else { false } } == false)
  }

  @Test mutating func whatNoNodeCouldEverHoldIsRefused() throws {
    let large = Story.revision { $0.machines = [Machine(type: "L", cpu: 4, memory: .gigabytes(15))] }
    let reason = "no node is that large: 4 cores and 15 GB are wanted for L, the largest, tiny, has 1 core and 1 GB"
    #expect(throws: EngineRejection.neverPlaceable(reason)) { try story.deploy(large) }
    #expect(story.appState == nil)
    try story.deploy(Story.revision())
    #expect(throws: EngineRejection.self) {
      try story.change { $0.machines = [Machine(type: "L", cpu: 4, memory: .gigabytes(15))] }
    }
    #expect(throws: EngineRejection.self) { try story.change { $0.regions = ["mars"] } }
  }

  @Test mutating func asLongAsNoNodeIsKnownNothingIsRefused() throws {
    story = Story(nodes: nil)
    try serve(Story.app) { $0.machines = [Machine(type: "L", cpu: 4, memory: .gigabytes(15))] }
    #expect(try story.runner(0).waitsFor == "no node is there")
    try story.input(.nodes([Story.roomy]))
    try settle()
    #expect(try story.runner(0).placement?.node == Story.roomy.id)
  }

  @Test mutating func aRolloutWaitsForRoomUntilTheStartupTimeoutAndThenSaysWhatIsMissing() throws {
    try serve(Self.other)
    try story.deploy(Story.revision { $0.timeouts.startup = .seconds(10) }, .rolling)
    try story.advance(by: .seconds(11))
    #expect(story.appState?.rollout != nil)
    try story.advance(by: .seconds(1))
    let reason = "no node has 1 core and 1 GB free for S; tiny has 0 cores and 0 GB free"
    #expect(story.rolloutEnds.last == .failed(.init(code: "no-room", message: reason)))
    #expect(story.livingStates == [])
  }

  @Test mutating func aRolloutThatTheProviderRefusesTriesAgainUntilTheStartupTimeout() throws {
    try story.deploy(Story.revision { $0.timeouts.startup = .seconds(50) }, .rolling)
    let failure = RunnerFailure(code: "start-refused", message: "the machine is full")
    for generation in 1...2 {
      try story.report(try story.runner(0).id, .notPlaced(failure))
      #expect(try story.runner(0).placement == nil)
      try story.advance(by: .seconds(20))
      #expect(story.states == ["PENDING"])
      #expect(try story.runner(0).generation == generation + 1)
    }
    try story.report(try story.runner(0).id, .notPlaced(failure))
    try story.advance(by: .seconds(12))
    #expect(story.rolloutEnds == [.failed(failure)])
    #expect(story.livingStates == [])
  }

  @Test mutating func somebodyWhoLooksOnIsToldAtOnceThatThereIsNoRoom() throws {
    try serve(Self.other)
    try story.deploy(Story.revision(restart: .ephemeral), .rolling)
    guard case .failed(let failure) = story.rolloutEnds.last else {
      Issue.record("the rollout goes on")
      return
    }
    #expect(failure.code == "no-room")
    #expect(story.livingStates == [])
  }

  @Test mutating func aWarmRolloutWithoutAnyRunnerAllowedEndsAtTheTimeout() throws {
    try story.deploy(
      Story.revision {
        $0.scaling.maxConcurrency = 0
        $0.timeouts.startup = .seconds(10)
      }, .recreate, warm: true)
    try story.advance(by: .seconds(12))
    #expect(story.rolloutEnds.count == 1)
    #expect(story.appState?.alias == Story.id(1))
  }

  @Test mutating func withoutTheMemoryOfWhoWaitsTheRoomIsNeverGivenTwice() throws {
    try serve(Story.app)
    let held = try runner(of: Story.app).placement
    let recovered = EngineState(folding: story.facts.filter(\.isDurable))
    #expect(recovered.pool.share(of: Self.tiny.id)?.isPresent == false)
    #expect(recovered.pool.share(of: Self.tiny.id)?.milliCPUHeld == 1000)
    #expect(recovered.runner(try runner(of: Story.app).id)?.placement == held)
  }
}
