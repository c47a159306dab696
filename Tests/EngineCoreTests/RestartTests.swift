import AppModel
import Foundation
import Planning
import Testing

@testable import EngineCore

/// What a new server makes of what the last one left: cases that the simulation of the whole world came upon.
@Suite struct RestartTests {
  private static let one = Node(id: NodeID("one"), cpu: 1, memory: .gigabytes(1))
  private static let two = Node(id: NodeID("two"), cpu: 1, memory: .gigabytes(1))

  private static func recovered(_ story: Story) throws -> EngineState {
    try JSONDecoder().decode(EngineState.self, from: JSONEncoder().encode(story.state))
  }

  @Test func aNodeThatVanishedMeanwhileDoesNotEndTheStartsOfOthersThatNobodyHeardOf() throws {
    var story = Story(nodes: [Self.one, Self.two])
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 2 })
    for index in 0...1 { try story.start(story.runner(index).id) }
    let stays = try #require(story.appState?.runners.first { $0.placement?.node == Self.two.id })
    story.state = try Self.recovered(story)
    // Longer than a start may take.
    story.now = story.now + .seconds(3600)
    try story.input(.nodes([Self.two]))
    let found = FoundInstance(id: stays.id, generation: stays.generation, place: try #require(stays.place))
    try story.input(.inventory([found]))
    #expect(story.state.runner(stays.id)?.state == .setup(since: story.now))
  }

  @Test func aListOfNodesEndsNoIdleTime() throws {
    var story = Story(nodes: [Self.one, Self.two])
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 2 })
    try story.makeAllReady()
    try story.change { $0.minConcurrency = 1 }
    story.now = story.now + .seconds(3600)
    try story.input(.nodes([Self.two]))
    #expect(story.livingStates.sorted() == ["IDLE", "TERMINATING"])
  }

  @Test func aSnapshotHoldsNoRequestsOfTheGatewayThatIsGone() throws {
    var story = Story()
    try story.deploy(Story.revision(), warm: true)
    try story.makeAllReady()
    try story.demand(queued: 3, waited: 1, [story.lastRunner().id: 1])
    let app = try #require(try Self.recovered(story).apps[Story.app])
    #expect(app.queue == .init())
    #expect(app.runners.allSatisfy { $0.inFlight == 0 })
  }

  @Test func equalFactsGiveEqualStatesWhateverTheOrderOfTheApps() throws {
    let names = (0..<12).map { AppID(owner: "me", name: "app\($0)") }
    func state(_ names: [AppID]) -> EngineState {
      EngineState(
        names.map { id in
          var app = AppState(id)
          var runner = Runner(id: RunnerID(id.name), revision: Story.id(1), cause: .demand, requestedAt: Moment(nanoseconds: 0))
          let machine = Machine(type: "S", cpu: 1, memory: .gigabytes(1))
          runner.placement = Placement(node: NodeID(id.name), machine: machine)
          app.runners = [runner]
          return app
        })
    }
    let (one, other) = (state(names), state(names.reversed()))
    #expect(one.durableProjection == other.durableProjection)
  }

  @Test func aRolloutWithoutAnyRunnerToWaitForEndsAtOnce() throws {
    var story = Story()
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 0 }, .recreate, warm: true)
    #expect(story.rolloutEnds == [.promoted])
  }

  @Test func otherNodesLetThoseWhoStillFindNoRoomDecideAnew() throws {
    var story = Story(nodes: nil)
    try story.deploy(Story.revision(restart: .ephemeral) { $0.machines[0].cpu = 2 }, warm: true)
    #expect(story.livingStates == ["PENDING"])
    let facts = try story.input(.nodes([Self.one]))
    #expect(story.state.appsToSettle(after: facts) == [Story.app])
    try story.input(.time(Story.app))
    #expect(story.rolloutEnds.count == 1)
  }

  @Test func factsThatWereNotWrittenLeaveAGPUWithTheOneThatHadIt() throws {
    let gpu = MachineType.GPU(model: "H100", memory: .gigabytes(80))
    var node = Self.one
    node.gpus = [Node.GPU(id: "0", model: "H100", memory: .gigabytes(80))]
    var story = Story(nodes: [node])
    let revision = Story.revision {
      $0.machines = [Machine(type: "GPU", cpu: 1, memory: .gigabytes(1), gpu: gpu, gpuCount: 1)]
      $0.scaling.minConcurrency = 1
    }
    let other = AppID(owner: "me", name: "other")
    try story.deploy(revision)
    try story.input(.deploy(other, revision, DeployOptions(strategy: .recreate)))
    let before = story.state
    let holder = try story.lastRunner()
    story.now = story.now + .seconds(1)
    try story.input(.stopRunner(holder.id, .kill, replaces: false))
    try story.report(holder.id, .exited(.signalled(9)))
    try story.input(.time(other))
    #expect(story.state.apps[other]?.runners.last?.placement?.gpus == ["0"])
    story.state.restore([Story.app: before.apps[Story.app], other: before.apps[other]])
    #expect(story.state == before)
    #expect(story.state.pool.share(of: node.id)?.gpusHeld == ["0"])
  }
}
