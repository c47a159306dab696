public import AppModel

/// One atomic thing that the world is to be told, derived from state. Telling it twice does no harm.
public enum Action: Sendable, Hashable {
  /// New requests go to this revision; nil: the app is unknown.
  case route(AppID, to: RevisionID?)
  case start(RunnerID, generation: Int, RevisionID, Machine)
  case attach(RunnerID, generation: Int, RevisionID, socket: String)
  case drain(RunnerID, generation: Int)
  case detach(RunnerID, generation: Int)
  case stop(RunnerID, generation: Int)
  case kill(RunnerID, generation: Int)

  /// Whether an answer is awaited, so that the action is told again when none comes.
  var isAnswered: Bool {
    switch self {
    case .start, .stop, .kill: true
    case .route, .attach, .drain, .detach: false
    }
  }
}
