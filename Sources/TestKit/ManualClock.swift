public import Engine
public import EngineCore
import Synchronization

/// A clock that moves only when a test says so.
public final class ManualClock: EngineClock {
  private struct Sleeper {
    var until: Moment
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Moment(nanoseconds: 1_700_000_000_000_000_000)
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var next = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var now: Moment { state.withLock { $0.now } }

  /// When the first sleeper wants to be woken.
  public var nextWake: Moment? { state.withLock { $0.sleepers.values.map(\.until).min() } }

  public func sleep(until moment: Moment) async throws {
    let id = state.withLock { state in
      defer { state.next += 1 }
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Whether it was cancelled is looked at inside the lock that keeps it: nothing gets lost in between.
        let result: Result<Void, any Error>? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if moment <= state.now { return .success(()) }
          state.sleepers[id] = Sleeper(until: moment, continuation: continuation)
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        if let sleeper = state.sleepers.removeValue(forKey: id) { return Optional(sleeper) }
        state.cancelled.insert(id)
        return nil
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Moves on, and wakes everybody whose time has come.
  public func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now + duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.until < $1.until }
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }
}

extension ManualClock {
  /// Moves on by `duration`, stopping wherever somebody sleeps until: what wakes there may want to sleep again.
  ///
  /// Yields until a sleeper is there, so that a deadline which is only now being set is not missed; the caller's time
  /// limit bounds that.
  public func advanceToWakes(in duration: Duration) async throws {
    let end = now + duration
    while now < end {
      try Task.checkCancellation()
      if let wake = nextWake { advance(by: min(wake, end) - now) }
      await Task.yield()
    }
  }
}
