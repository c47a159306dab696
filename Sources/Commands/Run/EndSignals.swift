import Dispatch
import Glibc
import Synchronization

/// Turns the signals that end a program into one event, so that it can clean up first. A second one ends it at once.
final class EndSignals: Sendable {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  private struct State {
    var received: Int32?
    var actions: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  init() {
    for number in Self.numbers {
      // The default action would end the program before anybody could clean up.
      signal(number, SIG_IGN)
      sources.withLock { sources in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [weak self] in self?.receive(number) }
        source.activate()
        sources.append(source)
      }
    }
  }

  /// Runs `action` at the first signal; at once when it came already.
  func onSignal(_ action: @escaping @Sendable () -> Void) {
    let came = state.withLock { state in
      if state.received == nil { state.actions.append(action) }
      return state.received != nil
    }
    if came { action() }
  }

  private func receive(_ number: Int32) {
    let (isFirst, actions) = state.withLock { state in
      defer {
        state.received = number
        state.actions = []
      }
      return (state.received == nil, state.actions)
    }
    // The runners notice that their host is gone, and the next start removes what is left.
    guard isFirst else { _exit(128 + number) }
    for action in actions { action() }
  }
}
