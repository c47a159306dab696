import AppModel
import Planning
import Testing

@Suite struct ReasonTests {
  private func reason(_ machines: Machine..., in pool: Pool) -> String {
    switch pool.place(Wish(machines: machines)) {
    case .placed: "placed"
    case .notNow(let reason): "not now: \(reason)"
    case .never(let reason): "never: \(reason)"
    }
  }

  @Test func busyGPUsAreCountedWhereTheMostAreFree() {
    var pool = PlacingTests.pool(PlacingTests.gpuNode("node-1", 8), PlacingTests.gpuNode("node-2", 8))
    for (node, held) in [("node-1", 8), ("node-2", 7)] {
      for number in 0..<held {
        let machine = PlacingTests.gpuMachine()
        pool.hold(Placement(node: NodeID(node), machine: machine, gpus: ["\(node)-\(number)"]))
      }
    }
    #expect(
      reason(PlacingTests.gpuMachine(count: 2), in: pool)
        == "not now: no node has 2 free GPU-H100; 1 of 8 free on node-2")
  }

  @Test func aRunnerThatIsTooLargeForEveryNodeIsToldWhatTheLargestHas() {
    let pool = PlacingTests.pool(PlacingTests.node("a", cpu: 2, memory: 4), PlacingTests.node("b", cpu: 4, memory: 8))
    #expect(
      reason(PlacingTests.machine(cpu: 1, memory: 16), in: pool)
        == "never: no node is that large: 1 core and 16 GB are wanted for S, the largest, b, has 4 cores and 8 GB")
    #expect(pool.obstacleForGood(to: Wish(machines: [PlacingTests.machine(cpu: 5)])) != nil)
    #expect(pool.obstacleForGood(to: Wish(machines: [PlacingTests.machine(cpu: 4)])) == nil)
  }

  @Test func moreGPUsThanANodeHasAreNeverThere() {
    let pool = PlacingTests.pool(PlacingTests.gpuNode("a", 4), PlacingTests.gpuNode("b", 2))
    #expect(
      reason(PlacingTests.gpuMachine(count: 8), in: pool)
        == "never: no node is that large: 8 GPU-H100 are wanted, a has 4")
    #expect(reason(PlacingTests.gpuMachine("B200", 192), in: pool) == "never: no node has a GPU for GPU-B200")
  }

  @Test func aListThatFitsSomewhereLaterIsNotRefusedForGood() {
    let pool = PlacingTests.pool(PlacingTests.node("a"))
    let wish = Wish(machines: [PlacingTests.gpuMachine(), PlacingTests.machine()])
    #expect(pool.obstacleForGood(to: wish) == nil)
  }

  @Test func withoutAnyNodeNothingIsRefusedForGood() {
    #expect(reason(PlacingTests.machine(), in: Pool()) == "not now: no node is there")
    #expect(Pool().obstacleForGood(to: Wish(machines: [PlacingTests.machine(cpu: 1e9)])) == nil)
  }

  @Test func freeGPUsWithoutCPUBesideThemAreTold() {
    var pool = PlacingTests.pool(PlacingTests.gpuNode("a", 2))
    pool.hold(Placement(node: NodeID("a"), machine: PlacingTests.machine(cpu: 120, memory: 1)))
    #expect(
      reason(PlacingTests.gpuMachine(), in: pool)
        == "not now: no node has 12 cores and 112 GB free for GPU-H100; a has 8 cores and 1023 GB free")
  }
}
