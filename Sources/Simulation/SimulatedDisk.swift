import Store
import Synchronization

/// A disk that is full for a while, or fails at one step of the store's next transactions.
final class SimulatedDisk: DiskFaults {
  private enum Mood {
    case works
    case fails(at: DiskStep)
    /// Fails once, after so many more steps.
    case failsAfter(steps: Int)
  }

  private let mood = Mutex(Mood.works)

  func work() { mood.withLock { $0 = .works } }

  /// Fails at every `step` from now on.
  func fail(at step: DiskStep) { mood.withLock { $0 = .fails(at: step) } }

  func fail(after steps: Int) { mood.withLock { $0 = .failsAfter(steps: steps) } }

  func reach(_ step: DiskStep) throws(StoreError) {
    let fails = mood.withLock { mood in
      switch mood {
      case .works: return false
      case .fails(let failing): return failing == step
      case .failsAfter(let steps):
        mood = steps > 0 ? .failsAfter(steps: steps - 1) : .works
        return steps <= 0
      }
    }
    if fails { throw StoreError("disk-full", "the disk was told to fail at '\(step)'") }
  }
}
