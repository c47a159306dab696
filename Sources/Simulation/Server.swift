import EngineCore
import Store

/// The server at work: the core, the store, and what a shell keeps in memory beside them.
struct Server {
  /// Which of the world's servers it is; what was sent to an earlier one never arrives.
  let number: Int
  let store: Store
  var state: EngineState
  var outbox = Outbox()
  /// When each app is to be looked at again, by the server's clock.
  var wakes: [AppID: Moment] = [:]
  /// Apps that may find room now.
  var settling: [AppID] = []
  var letters: [Letter] = []
  /// It has heard what still runs, and acts.
  var isServing = false
  /// The disk failed: nothing is decided before.
  var retryAt: Moment?

  enum Letter {
    case report(Input.Event)
    /// Somebody waits for the answer, and hears of a failure instead of it being tried again.
    case command(Input.Event)

    var event: Input.Event {
      switch self {
      case .report(let event), .command(let event): event
      }
    }
  }

  init(number: Int, store: Store, state: EngineState) {
    self.number = number
    self.store = store
    self.state = state
  }

  /// The earliest wake; of those at one time, the first app's.
  var nextWake: Moment? { wakes.values.min() }
}

/// Inputs that are decided one on top of the other, and written down at once.
struct Batch {
  /// A server that is behind takes so many letters at once.
  static let lettersMax = 16

  let before: EngineState
  var facts: [Fact] = []
  var reports: [Input.Event] = []
  var commands = 0
  private(set) var apps: Set<AppID> = []

  init(_ state: EngineState) { before = state }

  mutating func touch(_ app: AppID) { apps.insert(app) }
}

/// Where in its door a server dies.
enum CrashPoint: CaseIterable {
  case beforeWrite
  case withinWrite
  case afterWrite
  case whileActing
  case beforeAnswer
}
