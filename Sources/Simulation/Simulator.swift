import Dispatch
import Glibc
import Synchronization

/// Lives many seeds on all cores, and says how it goes.
public enum Simulator {
  /// Beyond them more of the same is found.
  static let failuresMax = 10
  private static let usage = "usage: scripts/simulate [SEEDS] [FIRST] | --seed N [-v]"

  private struct Progress {
    var next: UInt64
    var done = 0
    var report = LifeReport()
    var failed: [UInt64] = []
    var toldAt = Simulator.seconds()
  }

  /// - Parameter arguments: a folder for databases, and then `SEEDS FIRST THREADS` or `--seed N` and perhaps `-v`.
  /// - Returns: the exit status.
  public static func run(_ arguments: [String]) -> Int32 {
    guard let folder = arguments.first else { return fail(usage) }
    let rest = Array(arguments.dropFirst())
    do {
      let blank = try Life.makeBlank(in: folder)
      if rest.count >= 2, rest[0] == "--seed", let seed = UInt64(rest[1]) {
        return try tell(Life(seed: seed, in: folder, blank: blank), wholly: rest.dropFirst(2) == ["-v"])
      }
      let numbers = rest.compactMap(UInt64.init)
      guard numbers.count == 3, rest.count == 3, numbers[2] > 0 else { return fail(usage) }
      let seeds = numbers[1]..<numbers[1] + numbers[0]
      let (report, failed) = live(seeds, in: folder, blank, threads: Int(numbers[2]))
      say("\(report)")
      guard let seed = failed.min() else { return 0 }
      _ = try tell(Life(seed: seed, in: folder, blank: blank), wholly: false)
      return fail("seeds that failed: \(failed.sorted()); see one with scripts/simulate --seed \(seed) -v")
    } catch {
      return fail("\(error)")
    }
  }

  private static func live(
    _ seeds: Range<UInt64>, in folder: String, _ blank: String, threads: Int
  ) -> (LifeReport, [UInt64]) {
    let begin = seconds()
    let state = Mutex(Progress(next: seeds.lowerBound))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let seed: UInt64? = state.withLock { state in
          guard state.next < seeds.upperBound, state.failed.count < failuresMax else { return nil }
          defer { state.next += 1 }
          return state.next
        }
        guard let seed else { return }
        let end = Result { try Life(seed: seed, in: folder, blank: blank).live() }
        state.withLock { note(end, of: seed, &$0, seeds, begin) }
      }
    }
    return state.withLock { ($0.report, $0.failed) }
  }

  private static func note(
    _ end: Result<LifeReport, any Error>, of seed: UInt64, _ progress: inout Progress, _ seeds: Range<UInt64>, _ begin: Double
  ) {
    switch end {
    case .success(let report): progress.report += report
    case .failure(let error):
      progress.failed.append(seed)
      say("seed \(seed): \(error)")
    }
    progress.done += 1
    let now = seconds()
    guard now - progress.toldAt >= 5 || progress.done == seeds.count else { return }
    progress.toldAt = now
    let rate = Int(Double(progress.done) / max(0.001, now - begin))
    say("\(progress.done) of \(seeds.count) seeds, \(rate) seeds/s, \(progress.failed.count) failed")
  }

  private static func tell(_ life: Life, wholly: Bool) throws -> Int32 {
    let (lines, end) = try life.tell(wholly: wholly)
    for line in lines { say(line) }
    switch end {
    case .success(let report):
      say("seed \(life.seed): \(report)")
      return 0
    case .failure(let error): return fail("seed \(life.seed): \(error)")
    }
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func say(_ line: String) {
    print(line)
    // Somebody may look into a file while it grows.
    fflush(nil)
  }

  private static func fail(_ line: String) -> Int32 {
    say(line)
    return 1
  }
}
