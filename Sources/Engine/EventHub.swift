import EngineCore
import Synchronization

/// Hands events to everybody who listens. A listener that does not keep up loses the oldest.
final class EventHub: Sendable {
  /// Events that wait for one listener: some seconds of a talkative app.
  static let waitingMax = 4096

  private typealias Listeners = [Int: AsyncStream<EngineEvent>.Continuation]

  private struct State {
    /// Listeners by the app they follow; under nil, those who get everything.
    var listeners: [AppID?: Listeners] = [:]
    var next = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  /// - Parameter app: whose events the listener gets, with those that are about no app; nil: all.
  func listen(to app: AppID?) -> AsyncStream<EngineEvent> {
    let (stream, continuation) = AsyncStream<EngineEvent>.makeStream(
      bufferingPolicy: .bufferingNewest(Self.waitingMax))
    let key: Int? = state.withLock { state in
      guard !state.isFinished else { return nil }
      defer { state.next += 1 }
      state.listeners[app, default: [:]][state.next] = continuation
      return state.next
    }
    guard let key else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in self?.forget(key, of: app) }
    return stream
  }

  func send(_ event: EngineEvent) {
    let listeners = state.withLock { state in
      guard let app = event.app else { return state.listeners.values.flatMap(\.values) }
      return [nil, app].flatMap { state.listeners[$0].map { Array($0.values) } ?? [] }
    }
    for listener in listeners { listener.yield(event) }
  }

  func finish() {
    let listeners = state.withLock { state in
      defer { state.listeners = [:] }
      state.isFinished = true
      return state.listeners.values.flatMap(\.values)
    }
    for listener in listeners { listener.finish() }
  }

  private func forget(_ key: Int, of app: AppID?) {
    // What is taken out is released outside of the lock.
    _ = state.withLock { state in
      let listener = state.listeners[app]?.removeValue(forKey: key)
      if state.listeners[app]?.isEmpty == true { state.listeners[app] = nil }
      return listener
    }
  }
}
