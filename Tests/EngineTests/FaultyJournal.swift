import Engine
import EngineCore
import Synchronization

/// A journal whose disk is full for a while, or slow, or gone for good.
final class FaultyJournal: Journal {
  struct NoSpace: Error, CustomStringConvertible {
    var description: String { "no space left on device" }
  }

  private struct State {
    var facts: [Fact] = []
    var appends = 0
    var isFull = false
    /// Called within `append`, before anything is written.
    var onAppend: (@Sendable (Int, [Fact]) -> Void)?
  }

  private let state = Mutex(State())

  var facts: [Fact] { state.withLock { $0.facts } }
  /// Appends that were tried.
  var appends: Int { state.withLock { $0.appends } }

  func setFull(_ isFull: Bool) { state.withLock { $0.isFull = isFull } }

  func setOnAppend(_ body: @escaping @Sendable (Int, [Fact]) -> Void) { state.withLock { $0.onAppend = body } }

  func append(_ facts: [Fact]) throws {
    let (number, onAppend) = state.withLock { state in
      state.appends += 1
      return (state.appends, state.onAppend)
    }
    onAppend?(number, facts)
    try state.withLock { state in
      if state.isFull { throw NoSpace() }
      state.facts += facts
    }
  }
}
