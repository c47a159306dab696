import Synchronization

/// Hands events to everybody who listens. A listener that does not keep up loses the oldest.
final class EventHub: Sendable {
  /// Events that wait for one listener: some seconds of a talkative app.
  static let waitingMax = 4096

  private struct State {
    var listeners: [Int: AsyncStream<EngineEvent>.Continuation] = [:]
    var next = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  func listen() -> AsyncStream<EngineEvent> {
    let (stream, continuation) = AsyncStream<EngineEvent>.makeStream(
      bufferingPolicy: .bufferingNewest(Self.waitingMax))
    let key: Int? = state.withLock { state in
      guard !state.isFinished else { return nil }
      defer { state.next += 1 }
      state.listeners[state.next] = continuation
      return state.next
    }
    guard let key else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.listeners.removeValue(forKey: key) }
    }
    return stream
  }

  func send(_ event: EngineEvent) {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(event) }
  }

  func finish() {
    let listeners = state.withLock { state in
      defer { state.listeners = [:] }
      state.isFinished = true
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
