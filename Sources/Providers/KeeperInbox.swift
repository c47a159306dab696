import Synchronization
import Platform

/// What the keeper's thread is told to do, in order.
final class KeeperInbox: Sendable {
  enum Command: Sendable {
    case start(RunnerStart)
    case stop(RunnerInstance)
    case kill(RunnerInstance)
    /// The driver answered when nobody waited for it any more.
    case gpusFound
    case leave(CheckedContinuation<Void, Never>)
    case close(CheckedContinuation<Void, Never>)

    /// Whoever waits for it to be done.
    var waiter: CheckedContinuation<Void, Never>? {
      switch self {
      case .leave(let waiter), .close(let waiter): waiter
      case .start, .stop, .kill, .gpusFound: nil
      }
    }
  }

  private enum State {
    /// Holds at most a few commands per runner: the engine repeats one only after it waited for the answer.
    case open([Command])
    /// The keeper has ended, or never began.
    case closed(refuse: @Sendable (Command) -> Void)
  }

  /// Readable when there are commands.
  let wakeUp: WakePipe
  private let state = Mutex(State.open([]))

  init() throws(ProviderFailure) {
    do throws(SystemError) {
      wakeUp = try WakePipe()
    } catch {
      throw ProviderFailure(code: "out-of-descriptors", message: "\(error)")
    }
  }

  func post(_ command: Command) {
    let refuse: (@Sendable (Command) -> Void)? = state.withLock { state in
      switch state {
      case .open(var commands):
        // One ring wakes the keeper for all of them.
        if commands.isEmpty { wakeUp.ring() }
        commands.append(command)
        state = .open(commands)
        return nil
      case .closed(let refuse):
        return refuse
      }
    }
    guard let refuse else { return }
    command.waiter?.resume()
    refuse(command)
  }

  func take() -> [Command] {
    wakeUp.drain()
    return state.withLock { state in
      guard case .open(let commands) = state else { return [] }
      state = .open([])
      return commands
    }
  }

  /// From now on commands are handed to `body`, as are those that nobody took.
  func refuse(_ body: @escaping @Sendable (Command) -> Void) {
    let left: [Command] = state.withLock { state in
      defer { state = .closed(refuse: body) }
      guard case .open(let commands) = state else { return [] }
      return commands
    }
    for command in left {
      command.waiter?.resume()
      body(command)
    }
  }
}
