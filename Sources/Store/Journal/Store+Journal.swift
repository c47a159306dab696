public import EngineCore
import Synchronization

extension Store: Journal {
  /// Writes facts down, all or none. Promises are safe from a power failure when it returns, other facts from the end of
  /// this process.
  ///
  /// After an error the next call works as soon as the disk does. Should the process be killed right after an error, the
  /// facts may be found whole at the next start: never in part, and only if they were the last.
  ///
  /// - Throws: `disk-full`, `disk-failed`, `database-busy`.
  public func append(_ facts: [Fact]) throws(StoreError) {
    try record(facts)
  }

  /// `append`, and the number of the last of the facts: they are numbered from 1 on, without a hole.
  @discardableResult
  public func record(_ facts: [Fact]) throws(StoreError) -> Int64 {
    guard !facts.isEmpty else { return lastSequence }
    return try journal.withLock { writer throws(StoreError) in
      let last = try writer.append(facts, to: self)
      lastWritten.store(last, ordering: .releasing)
      return last
    }
  }

  /// Of the newest fact that was written down; 0: there is none.
  public var lastSequence: Int64 { lastWritten.load(ordering: .acquiring) }
}
