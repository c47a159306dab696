import AppModel
import Planning
import Providers
import TestKit
import Testing

/// Machines that come and go in a simulation.
@Suite(.timeLimit(.minutes(1))) struct SimulatedNodeTests {
  let log = ProviderLog()
  let nodes = ["a", "b"].map { Node(id: NodeID($0), cpu: 4, memory: .gigabytes(8)) }
  let runner = RunnerInstance(id: "r1", generation: 1)
  let machine = Machine(type: "S", cpu: 1, memory: .gigabytes(1))

  @Test func theRunnersOfANodeThatVanishesAreGoneWithoutAWord() async throws {
    let provider = SimulatedProvider(nodes: nodes)
    provider.begin(events: log.handler)
    provider.start(RunnerStart(runner, on: NodeID("b"), machine: machine))
    _ = try await log.started(runner)
    provider.setNodes([nodes[0]])
    #expect(log.all.last == .nodes([nodes[0]]))
    #expect(provider.running.isEmpty)
    let next = RunnerInstance(id: "r2", generation: 1)
    provider.start(RunnerStart(next, on: NodeID("b"), machine: machine))
    #expect(try await log.notStarted(next).code == "node-gone")
    provider.setNodes(nodes)
    provider.kill(runner)
    #expect(try await log.exited(runner) == .unknown)
    provider.start(RunnerStart(next, on: NodeID("b"), machine: machine))
    _ = try await log.started(next)
    #expect(provider.running.map(\.instance) == [next])
  }

  @Test func aServerThatCrashedHearsNothingAndTheNextOneFindsWhatStillRuns() async throws {
    let provider = SimulatedProvider(nodes: nodes)
    provider.begin(events: log.handler)
    for id in ["r1", "r2"] {
      provider.start(RunnerStart(.init(id: id, generation: 1), on: NodeID("a"), machine: machine))
    }
    provider.crashHost()
    let heard = log.all.count
    provider.end("r1", .signalled(11))
    #expect(log.all.count == heard)
    let again = ProviderLog()
    provider.begin(events: again.handler)
    #expect(try await again.inventory().map(\.instance.id) == ["r2"])
  }
}
