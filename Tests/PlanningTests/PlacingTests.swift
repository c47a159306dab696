import AppModel
import Planning
import Testing

@Suite struct PlacingTests {
  static func machine(cpu: Double = 1, memory: Int64 = 1) -> Machine {
    Machine(type: "S", cpu: cpu, memory: .gigabytes(memory))
  }

  static func gpuMachine(_ model: String = "H100", _ memory: Int64 = 80, count: Int = 1) -> Machine {
    Machine(
      type: "GPU-\(model)", cpu: 12, memory: .gigabytes(112), gpu: .init(model: model, memory: .gigabytes(memory)),
      gpuCount: count)
  }

  static func node(
    _ name: String, cpu: Double = 4, memory: Int64 = 8, region: String? = nil, gpus: Int = 0,
    model: String = "NVIDIA H100 80GB HBM3", gpuMemory: Int64 = 81_559
  ) -> Node {
    Node(
      id: NodeID(name), labels: region.map { ["region": $0] } ?? [:], cpu: cpu, memory: .gigabytes(memory),
      gpus: (0..<gpus).map { .init(id: "\(name)-\($0)", model: model, memory: .megabytes(gpuMemory)) })
  }

  static func gpuNode(_ name: String, _ gpus: Int, region: String? = nil) -> Node {
    node(name, cpu: 128, memory: 1024, region: region, gpus: gpus)
  }

  static func pool(_ nodes: Node...) -> Pool {
    var pool = Pool()
    pool.see(nodes)
    return pool
  }

  private func place(_ machines: Machine..., in pool: Pool, regions: [String] = []) -> String {
    switch pool.place(Wish(machines: machines, regions: regions)) {
    case .placed(let placement): (["\(placement.node)", placement.machine.type] + placement.gpus).joined(separator: " ")
    case .notNow(let reason): "not now: \(reason)"
    case .never(let reason): "never: \(reason)"
    }
  }

  @Test func theNodeThatIsLeftWithTheSmallestHoleTakesIt() {
    let pool = Self.pool(Self.node("a", cpu: 8, memory: 16), Self.node("b", cpu: 2, memory: 2), Self.node("c", cpu: 4, memory: 8))
    #expect(place(Self.machine(), in: pool) == "b S")
    #expect(place(Self.machine(memory: 3), in: pool) == "c S")
  }

  @Test func nodesWithGPUsAreKeptForThoseWhoNeedThem() {
    let pool = Self.pool(Self.gpuNode("gpu", 1), Self.node("plain", cpu: 512, memory: 4096))
    #expect(place(Self.machine(), in: pool) == "plain S")
  }

  @Test func aRunnerWithGPUsGoesWhereTheFewestAreLeftOver() {
    let pool = Self.pool(Self.gpuNode("a", 8), Self.gpuNode("b", 2), Self.gpuNode("c", 1))
    #expect(place(Self.gpuMachine(), in: pool) == "c GPU-H100 c-0")
    #expect(place(Self.gpuMachine(count: 2), in: pool) == "b GPU-H100 b-0 b-1")
    #expect(place(Self.gpuMachine(count: 5), in: pool) == "a GPU-H100 a-0 a-1 a-2 a-3 a-4")
  }

  @Test func theFirstMachineOfTheListThatHasRoomWins() {
    let pool = Self.pool(Self.gpuNode("gpu", 1), Self.node("plain"))
    let small = Self.machine()
    #expect(place(Self.gpuMachine(count: 2), Self.gpuMachine(), small, in: pool) == "gpu GPU-H100 gpu-0")
    #expect(place(Self.gpuMachine("B200", 192), small, in: pool) == "plain S")
  }

  @Test func aRegionIsALabelOrTheNameOfANode() {
    let pool = Self.pool(Self.node("a", region: "west"), Self.node("b", region: "east"))
    #expect(place(Self.machine(), in: pool, regions: ["east"]) == "b S")
    #expect(place(Self.machine(), in: pool, regions: ["a"]) == "a S")
    #expect(place(Self.machine(), in: pool, regions: ["north", "south"]) == "never: no node is in north, south")
    #expect(place(Self.machine(memory: 9), in: pool, regions: ["a"]).hasPrefix("never: no node is that large"))
  }

  @Test func whatIsHeldIsNotGivenAgainUntilItIsReleased() {
    var pool = Self.pool(Self.node("a", cpu: 1, memory: 1))
    let placement = Placement(node: NodeID("a"), machine: Self.machine())
    pool.hold(placement)
    #expect(place(Self.machine(), in: pool) == "not now: no node has 1 core and 1 GB free for S; a has 0 cores and 0 GB free")
    pool.release(placement)
    #expect(place(Self.machine(), in: pool) == "a S")
  }

  @Test func fractionsOfACoreAddUp() {
    var pool = Self.pool(Self.node("a", cpu: 1, memory: 64))
    let tenth = Machine(type: "XS", cpu: 0.1, memory: .gigabytes(1))
    for _ in 0..<10 {
      guard case .placed(let placement) = pool.place(Wish(machines: [tenth])) else {
        Issue.record("there is room for ten")
        return
      }
      pool.hold(placement)
    }
    #expect(place(tenth, in: pool).hasPrefix("not now"))
  }

  @Test func aNodeThatVanishedTakesNothingAndReturnsWithWhatIsHeldOfIt() {
    var pool = Self.pool(Self.gpuNode("a", 2))
    pool.hold(Placement(node: NodeID("a"), machine: Self.gpuMachine(), gpus: ["a-0"]))
    pool.see([])
    #expect(pool.isEmpty && pool.absent == [NodeID("a")])
    #expect(place(Self.gpuMachine(), in: pool) == "not now: no node is there")
    pool.see([Self.gpuNode("a", 2)])
    #expect(place(Self.gpuMachine(), in: pool) == "a GPU-H100 a-1")
  }

  @Test func whatIsHeldOfANodeNobodyToldOfYetCounts() {
    var pool = Pool()
    pool.hold(Placement(node: NodeID("a"), machine: Self.gpuMachine(), gpus: ["a-1"]))
    pool.see([Self.gpuNode("b", 1), Self.gpuNode("a", 2)])
    #expect(pool.nodes.map(\.id.text) == ["a", "b"])
    #expect(place(Self.gpuMachine(), in: pool) == "a GPU-H100 a-0")
  }

  @Test func aNodeThatShrankGivesNothingMore() {
    var pool = Self.pool(Self.node("a", cpu: 4, memory: 8))
    pool.hold(Placement(node: NodeID("a"), machine: Self.machine(cpu: 3, memory: 3)))
    pool.see([Self.node("a", cpu: 2, memory: 8)])
    #expect(place(Self.machine(), in: pool).hasPrefix("not now"))
    #expect(pool.share(of: NodeID("a"))?.milliCPUFree == -1000)
  }

  @Test func whatADecisionTookAndGaveBackCountsInThatOrder() {
    var pool = Self.pool(Self.gpuNode("a", 1))
    let placement = Placement(node: NodeID("a"), machine: Self.gpuMachine(), gpus: ["a-0"])
    pool.hold(placement)
    var delta = PoolDelta()
    delta.free(placement)
    guard case .placed(placement) = pool.place(Wish(machines: [Self.gpuMachine()]), besides: delta) else {
      Issue.record("what was given back is not free")
      return
    }
    delta.take(placement)
    guard case .notNow = pool.place(Wish(machines: [Self.gpuMachine()]), besides: delta) else {
      Issue.record("the GPU is given twice")
      return
    }
  }
}
