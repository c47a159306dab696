import Foundation
import Simulation
import Testing

@Suite struct LifeTests {
  /// A single seed to look at: `APOLUNE_SEED=17 swift test --filter LifeTests`.
  static let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["APOLUNE_SEED"].flatMap(UInt64.init) { return seed...seed }
    return 1...max(1, environment["APOLUNE_SEEDS"].flatMap(UInt64.init) ?? 200)
  }()

  @Test func noSeedBreaksAnInvariant() throws {
    let folder = try TemporaryFolder()
    let blank = try Life.makeBlank(in: folder.path)
    var report = LifeReport()
    for seed in Self.seeds {
      let life = Life(seed: seed, in: folder.path, blank: blank)
      do {
        report += try life.live()
      } catch {
        let told = try life.tell(wholly: false)
        Issue.record("seed \(seed): \(error)\n\(told.lines.joined(separator: "\n"))")
        throw error
      }
    }
    print(report)
  }

  /// Else a seed that failed would say nothing.
  @Test func theSameSeedLivesTheSameLife() throws {
    let folder = try TemporaryFolder()
    let blank = try Life.makeBlank(in: folder.path)
    for seed in UInt64(1)...10 {
      let life = Life(seed: seed, in: folder.path, blank: blank)
      let lines = try life.tell(wholly: true).lines
      #expect(lines.count > 50)
      #expect(try life.tell(wholly: true).lines == lines)
    }
  }
}
