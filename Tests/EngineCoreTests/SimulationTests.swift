import Foundation
import Testing

@testable import EngineCore

@Suite struct SimulationTests {
  /// A single seed to look at: `APOLUNE_SEED=17 swift test --filter SimulationTests`.
  static let seeds: ClosedRange<UInt64> = {
    if let seed = ProcessInfo.processInfo.environment["APOLUNE_SEED"].flatMap(UInt64.init) { return seed...seed }
    let count = ProcessInfo.processInfo.environment["APOLUNE_SEEDS"].flatMap(UInt64.init) ?? 200
    return 1...max(1, count)
  }()
  static let steps = 120

  @Test func noSeedBreaksAnInvariant() throws {
    for seed in Self.seeds {
      do {
        try Self.live(seed)
      } catch {
        Issue.record("seed \(seed): \(error)")
        throw error
      }
    }
  }

  /// A life full of faults, then one in which everything has to come right, then the end of all apps.
  static func live(_ seed: UInt64) throws {
    var world = SimulatedWorld(seed: seed)
    for step in 0..<steps {
      try world.step()
      if step % 40 == 0 { try checkRecovery(of: world) }
    }
    world.faults = false
    if world.isDown { try world.run(for: .seconds(40)) }
    try world.run(for: .seconds(700))
    try Invariants.checkSettled(world)
    for app in world.state.apps.keys.sorted() { try world.give(.remove(app, grace: .seconds(5))) }
    try world.run(for: .seconds(60))
    try #require(world.state.apps.isEmpty, "removed apps are still there")
    try #require(world.processes.values.allSatisfy { !$0.isAlive }, "runners outlive their apps")
    try checkRecovery(of: world)
  }

  /// Recovery is a replay through the same functions, and a snapshot holds what it gives.
  static func checkRecovery(of world: SimulatedWorld) throws {
    let durable = world.facts.filter(\.isDurable)
    try #require(EngineState(folding: durable).durableProjection == world.state.durableProjection)
    let encoded = try JSONEncoder().encode(world.facts.suffix(40))
    try #require(try JSONDecoder().decode([Fact].self, from: encoded) == world.facts.suffix(40))
    let snapshot = try JSONDecoder().decode(EngineState.self, from: JSONEncoder().encode(world.state))
    try #require(snapshot.durableProjection == world.state.durableProjection)
  }
}

extension SimulatedWorld {
  /// Lives on until the clock has moved by `duration`.
  mutating func run(for duration: Duration) throws {
    let end = now + duration
    var steps = 0
    while now < end {
      try step()
      steps += 1
      // Well-behaved worlds take a few hundred.
      try #require(steps < 20_000, "the world is busy without moving on")
    }
  }
}
