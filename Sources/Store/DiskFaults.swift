/// Lets a simulation have the disk fail where a real one may.
public protocol DiskFaults: Sendable {
  /// Called at every step of every transaction.
  ///
  /// - Throws: what the disk says at this step: `disk-full` or `disk-failed`.
  func reach(_ step: DiskStep) throws(StoreError)
}

public enum DiskStep: Sendable, Hashable, CaseIterable {
  /// Nothing is written yet.
  case write
  /// Everything is written, and is going to be undone when this fails.
  case commit
  /// All is safe. To fail here is to crash before the caller hears of it: the store has to be opened anew.
  case answer
}
