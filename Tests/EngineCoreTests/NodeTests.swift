import AppModel
import Planning
import Testing

@testable import EngineCore

@Suite struct NodeTests {
  static let gpu = Node.GPU(id: "gpu-0", model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81_559))
  static let lab = Node(id: NodeID("lab"), cpu: 16, memory: .gigabytes(64), gpus: [gpu])

  var story = Story(nodes: [lab])

  private static func gpuRevision(_ change: (inout AppDefinition) -> Void = { _ in }) -> NewRevision {
    Story.revision {
      let h100 = MachineType.GPU(model: "H100", memory: .gigabytes(80))
      $0.machines = [Machine(type: "GPU-H100", cpu: 4, memory: .gigabytes(16), gpu: h100, gpuCount: 1)]
      $0.scaling.minConcurrency = 1
      change(&$0)
    }
  }

  private mutating func serve() throws -> RunnerID {
    try story.deploy(Self.gpuRevision())
    try story.makeAllReady()
    return try story.runner(0).id
  }

  @Test mutating func theRunnersOfANodeThatVanishesAreKilledAndReplaced() throws {
    let runner = try serve()
    try story.input(.nodes([]))
    #expect(story.states == ["TERMINATING", "PENDING"])
    #expect(try story.runner(0).failure?.code == "node-vanished")
    #expect(story.due.contains(.kill(runner, generation: 1)))
    #expect(try story.lastRunner().isUnplaced)
  }

  @Test mutating func aGPUOfANodeThatReturnsIsNotGivenTwice() throws {
    let runner = try serve()
    try story.input(.nodes([]))
    try story.input(.nodes([Self.lab]))
    try story.input(.time(Story.app))
    #expect(try story.lastRunner().isUnplaced, "the old runner may still have it")
    try story.report(runner, .exited(.signalled(9)))
    #expect(try story.lastRunner().placement?.gpus == ["gpu-0"])
  }

  @Test mutating func aStartOnANodeThatVanishesIsNobodysFault() throws {
    try story.deploy(Self.gpuRevision(), .rolling)
    try story.start(try story.runner(0).id)
    try story.input(.nodes([]))
    #expect(story.rolloutEnds == [])
    #expect(story.states == ["TERMINATING", "PENDING"])
    #expect(story.appState?.revisions[0].failures.failedStarts == 0)
  }

  @Test mutating func aLossThatCouldNotBeWrittenDownIsSeenAgain() throws {
    _ = try serve()
    let before = story.appState
    try story.input(.nodes([]))
    story.state.restore([Story.app: before])
    let again = try story.input(.nodes([]))
    #expect(again.contains { $0.kind == "runnerCrashed" })
  }

  @Test mutating func nodesThatStayTheSameChangeNothing() throws {
    _ = try serve()
    #expect(try story.input(.nodes([Self.lab])).map(\.kind) == ["nodesSeen"])
    #expect(story.states == ["IDLE"])
  }
}
