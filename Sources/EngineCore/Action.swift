public import Planning

/// One atomic thing that the world is to be told, derived from state. Telling it twice does no harm.
public enum Action: Sendable, Hashable {
  /// New requests go to this revision; nil: the app is unknown. `version` counts what changes about the route, settings
  /// among it.
  case route(AppID, to: RevisionID?, version: Int)
  case start(RunnerID, generation: Int, RevisionID, Placement)
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
