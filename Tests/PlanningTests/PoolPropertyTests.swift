import AppModel
import Planning
import Testing

/// What holds of any pool, whatever was placed, released and lost: by seeds.
@Suite struct PoolPropertyTests {
  struct Life {
    var random: SeededRandom
    var pool = Pool()
    var nodes: [Node] = []
    var held: [Placement] = []

    init(seed: UInt64) {
      random = SeededRandom(seed: seed)
      nodes = (0..<6).map { number in
        let gpus = number % 2 == 0 ? 0 : Int.random(in: 1...4, using: &random)
        return PlacingTests.node(
          "n\(number)", cpu: Double(Int.random(in: 1...64, using: &random)), memory: Int64.random(in: 1...256, using: &random),
          region: number < 3 ? "west" : "east", gpus: gpus)
      }
      pool.see(nodes)
    }

    mutating func wish() -> Wish {
      let cpu = Double(Int.random(in: 1...16, using: &random)) / 2
      let small = PlacingTests.machine(cpu: cpu, memory: Int64.random(in: 1...32, using: &random))
      var large = PlacingTests.gpuMachine(count: Int.random(in: 1...4, using: &random))
      large.cpu = cpu
      large.memory = .gigabytes(4)
      let lists = [[small], [large], [large, small]]
      return Wish(machines: lists[Int.random(in: 0..<3, using: &random)], regions: Bool.random(using: &random) ? [] : ["west"])
    }

    mutating func step() throws {
      switch Int.random(in: 0..<10, using: &random) {
      case ..<6:
        let wish = wish()
        guard case .placed(let placement) = pool.place(wish) else { return }
        try #require(wish.machines.contains(placement.machine))
        try #require(wish.regions.isEmpty || nodes.first { $0.id == placement.node }?.labels["region"] == "west")
        pool.hold(placement)
        held.append(placement)
      case ..<9:
        guard !held.isEmpty else { return }
        pool.release(held.remove(at: Int.random(in: 0..<held.count, using: &random)))
      default:
        pool.see(nodes.filter { _ in Int.random(in: 0..<4, using: &random) > 0 })
      }
    }

    func check() throws {
      let gpus = held.flatMap(\.gpus)
      try #require(Set(gpus).count == gpus.count, "a GPU is given twice")
      for node in nodes {
        let here = held.filter { $0.node == node.id }
        try #require(here.reduce(0) { $0 + $1.machine.cpu } <= node.cpu, "\(node.id) gives more CPU than it has")
        try #require(here.reduce(0) { $0 + $1.machine.memory.bytes } <= node.memory.bytes)
        try #require(here.allSatisfy { $0.gpus.count == $0.machine.gpuCount })
      }
    }
  }

  @Test func noGPUIsGivenTwiceAndNoNodeGivesMoreThanItHas() throws {
    for seed in 1...(200 as UInt64) {
      var life = Life(seed: seed)
      do {
        for _ in 0..<100 {
          try life.step()
          try life.check()
        }
      } catch {
        Issue.record("seed \(seed)")
        throw error
      }
      for placement in life.held { life.pool.release(placement) }
      #expect(life.pool.shares.allSatisfy { $0.isUnused }, "seed \(seed): something stays held")
    }
  }

  @Test func aDecisionThatTakesStepByStepFindsWhatThePoolWould() {
    for seed in 1...(100 as UInt64) { compareDelta(seed) }
  }

  private func compareDelta(_ seed: UInt64) {
    var life = Life(seed: seed)
    var delta = PoolDelta()
    for _ in 0..<20 {
      let wish = life.wish()
      let before = Pool(seeing: life.nodes)
      let answer = before.place(wish, besides: delta)
      #expect(answer == life.pool.place(wish), "seed \(seed)")
      guard case .placed(let placement) = answer else { continue }
      delta.take(placement)
      life.pool.hold(placement)
    }
  }

  /// The limit is generous: a machine that is busy with other things must not fail it.
  @Test func aThousandNodesAreSearchedInAMoment() throws {
    var pool = Pool()
    pool.see(
      (0..<1000).map { PlacingTests.node("n\($0)", cpu: 64, memory: 256, gpus: $0 % 4 == 0 ? 8 : 0) })
    let start = ContinuousClock.now
    var placed = 0
    for number in 0..<2000 {
      var machine = number % 8 == 0 ? PlacingTests.gpuMachine() : PlacingTests.machine()
      machine.memory = .gigabytes(1)
      machine.cpu = 1
      guard case .placed(let placement) = pool.place(Wish(machines: [machine])) else { continue }
      pool.hold(placement)
      placed += 1
    }
    #expect(placed == 2000)
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}

extension Pool {
  fileprivate init(seeing nodes: [Node]) {
    self.init()
    see(nodes)
  }
}

/// Repeatable randomness (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
