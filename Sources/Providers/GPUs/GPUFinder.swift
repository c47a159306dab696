import Dispatch
import Planning
import Synchronization
import Platform

/// Knows the GPUs of this machine, from the operator or from the driver.
///
/// A driver may take its time or hang for ever, so that a thread of its own asks it, and nobody waits for long.
final class GPUFinder: Sendable {
  private enum State {
    case unknown
    /// Nobody waits for it any more: it is told `late`.
    case awaited(late: @Sendable (GPUSearch.Outcome) -> Void)
    case known(GPUSearch.Outcome)
  }

  private let search: GPUSearch
  private let answered = DispatchSemaphore(value: 0)
  private let state: Mutex<State>

  /// - Parameter given: the operator's list; nil: the driver is asked.
  init(given: [Node.GPU]?, search: GPUSearch = GPUSearch()) {
    self.search = search
    state = Mutex(
      given.map { gpus in
        let explanation = gpus.isEmpty ? "the operator's list of GPUs is empty" : "named by the operator"
        return .known(.init(gpus: gpus, explanation: explanation))
      } ?? .unknown)
  }

  /// What is known by now.
  var outcome: GPUSearch.Outcome {
    state.withLock { state in
      switch state {
      case .known(let outcome): outcome
      case .unknown, .awaited: .init(gpus: [], explanation: "the driver has not named any GPU yet")
      }
    }
  }

  /// Looks, and waits for `limit` at most; to be called once. What is found later is told to `late`, on another thread.
  func find(within limit: Duration, late: @escaping @Sendable (GPUSearch.Outcome) -> Void) -> GPUSearch.Outcome {
    if case .known(let outcome) = state.withLock({ $0 }) { return outcome }
    guard OwnThread.start({ self.finish(self.search.run()) }) else { return outcome }
    _ = answered.wait(timeout: .now() + .milliseconds(Int(limit / .milliseconds(1))))
    return state.withLock { state in
      if case .known(let outcome) = state { return outcome }
      state = .awaited(late: late)
      return .init(gpus: [], explanation: "the driver has not answered yet")
    }
  }

  private func finish(_ outcome: GPUSearch.Outcome) {
    let late: (@Sendable (GPUSearch.Outcome) -> Void)? = state.withLock { state in
      defer { state = .known(outcome) }
      if case .awaited(let late) = state { return late }
      return nil
    }
    if let late { late(outcome) } else { answered.signal() }
  }
}
