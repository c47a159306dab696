import EngineCore
import Synchronization

/// What reaches the engine from other threads, in order.
///
/// Bounded without dropping anything that counts: of an app only the youngest demand is kept, the same report of a runner
/// waits once (a runner has a few kinds of them), and commands beyond `commandsMax` are refused.
final class Mailbox: Sendable {
  /// Each has a caller that waits for it; more than that means a caller gone wild.
  static let commandsMax = 4096

  enum Letter: Sendable {
    case input(Input.Event)
    case command(Command)
  }

  fileprivate struct State {
    var letters: [Letter] = []
    var waiting: Set<Input.Event> = []
    var demand: [AppID: Demand] = [:]
    var commands = 0
    var isClosed = false
  }

  /// One token stands for all letters that wait.
  let arrivals: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  init() { (arrivals, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func post(_ event: Input.Event) {
    state.withLock { state in
      guard !state.isClosed else { return }
      if case .demand(let app, let demand) = event {
        state.demand[app] = demand.after(state.demand[app])
      } else if state.waiting.insert(event).inserted {
        state.letters.append(.input(event))
      }
    }
    ring()
  }

  /// - Returns: why the command is not taken; nobody answers it then.
  func post(_ command: Command) -> EngineError? {
    let refusal: EngineError? = state.withLock { state in
      guard !state.isClosed else { return .stopping }
      guard state.commands < Self.commandsMax else { return .overloaded }
      state.commands += 1
      state.letters.append(.command(command))
      return nil
    }
    if refusal == nil { ring() }
    return refusal
  }

  /// Something is to be done although no letter came.
  func ring() { bell.yield() }

  /// At most `count` letters, the oldest first; demand behind everything else.
  func take(_ count: Int) -> [Letter] {
    state.withLock { state in
      var taken = Array(state.letters.prefix(count))
      state.letters.removeFirst(taken.count)
      for letter in taken { state.forget(letter) }
      while taken.count < count, let (app, demand) = state.demand.popFirst() {
        taken.append(.input(.demand(app, demand)))
      }
      return taken
    }
  }

  /// What is said of the world as a whole, in order; all other letters stay.
  func takeSurvey() -> [Input.Event] {
    state.withLock { state in
      var taken: [Input.Event] = []
      state.letters.removeAll { letter in
        guard case .input(let event) = letter, event.isSurvey else { return false }
        taken.append(event)
        return true
      }
      state.waiting.subtract(taken)
      return taken
    }
  }

  /// All commands that wait, in order: they are to be refused.
  func takeCommands() -> [Command] {
    state.withLock { state in
      guard state.commands > 0 else { return [] }
      var commands: [Command] = []
      state.letters.removeAll { letter in
        guard case .command(let command) = letter else { return false }
        commands.append(command)
        return true
      }
      state.commands = 0
      return commands
    }
  }

  /// Inputs that could not be written down: they are the first to be taken again.
  func putBack(_ events: [Input.Event]) {
    state.withLock { state in
      var letters: [Letter] = []
      for event in events {
        if case .demand(let app, let demand) = event {
          state.demand[app] = state.demand[app]?.after(demand) ?? demand
        } else if state.waiting.insert(event).inserted {
          letters.append(.input(event))
        }
      }
      state.letters.insert(contentsOf: letters, at: 0)
    }
  }

  var waitingCommands: Int { state.withLock { $0.commands } }

  var isEmpty: Bool { state.withLock { $0.letters.isEmpty && $0.demand.isEmpty } }

  /// Takes nothing any more, and ends `arrivals`.
  ///
  /// - Returns: commands that nobody has answered.
  func close() -> [Command] {
    state.withLock { $0.isClosed = true }
    bell.finish()
    return takeCommands()
  }
}

extension Mailbox.State {
  fileprivate mutating func forget(_ letter: Mailbox.Letter) {
    switch letter {
    case .input(let event): waiting.remove(event)
    case .command: commands -= 1
    }
  }
}

extension Demand {
  /// This report in the place of `earlier` too: a runner that was busy in one that is passed over was busy all the same.
  fileprivate func after(_ earlier: Demand?) -> Demand {
    guard let earlier else { return self }
    var both = self
    both.busySince.formUnion(earlier.busySince)
    both.busySince.formUnion(earlier.inFlight.keys)
    return both
  }
}
