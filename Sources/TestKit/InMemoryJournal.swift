public import EngineCore
import Synchronization

/// Keeps the youngest facts in memory, for people who ask what happened and for tests.
public final class InMemoryJournal: Journal {
  private let limit: Int
  private let kept = Mutex<[Fact]>([])

  /// - Parameter limit: facts that are kept; older ones are dropped.
  public init(limit: Int = 10_000) { self.limit = max(1, limit) }

  public func append(_ facts: [Fact]) {
    kept.withLock { kept in
      kept += facts
      // Dropping in large steps keeps appending cheap.
      if kept.count > 2 * limit { kept.removeFirst(kept.count - limit) }
    }
  }

  /// Oldest first.
  public var facts: [Fact] { kept.withLock { Array($0.suffix(limit)) } }
}
