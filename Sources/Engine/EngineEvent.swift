public import EngineCore
public import Planning
public import RunnerProtocol

/// What people who watch an engine are told.
public enum EngineEvent: Sendable, Hashable {
  case rolloutStarted(AppID, RevisionID)
  case rolloutEnded(AppID, RevisionID, RolloutOutcome)
  /// New requests go to the revision from now on.
  case aliasMoved(AppID, to: RevisionID)
  /// Settings, or who may call, are other ones now.
  case settingsChanged(AppID)
  case revisionDeleted(AppID, RevisionID)
  case runnerRequested(AppID, RevisionID, RunnerID, Runner.Cause)
  /// There is room for it; it is started now.
  case runnerPlaced(AppID, RunnerID, Placement)
  /// There is no room for it at present, and why, in words.
  case runnerWaits(AppID, RunnerID, reason: String)
  case runnerStarted(AppID, RunnerID, pid: Int32)
  /// `milliseconds`: from when it was asked for.
  case runnerReady(AppID, RunnerID, milliseconds: Double)
  /// It did not become ready, and tries again at `retryAt` where it is still needed.
  case runnerFailed(AppID, RunnerID, RunnerFailure, retryAt: Moment)
  /// It broke while it served.
  case runnerCrashed(AppID, RunnerID, RunnerFailure)
  case runnerDraining(AppID, RunnerID)
  case runnerExited(AppID, RunnerID, RunnerExit)
  case log(AppID, RunnerID, LogRecord)
  case appRemoved(AppID)
  /// Runners that an earlier engine left are taken over.
  case adopted(runners: Int)
  /// The journal cannot be written: commands are refused, and reports of runners wait.
  case degraded(reason: String)
  /// The journal can be written again.
  case recovered
  /// The engine refused something that a part of the house told it: a bug, shown rather than hidden.
  case fault(String)
}

extension EngineEvent {
  /// The app that it is about; nil where it is about the engine.
  var app: AppID? {
    switch self {
    case .rolloutStarted(let app, _), .rolloutEnded(let app, _, _), .aliasMoved(let app, _),
      .settingsChanged(let app), .revisionDeleted(let app, _), .runnerRequested(let app, _, _, _),
      .runnerPlaced(let app, _, _), .runnerWaits(let app, _, _), .runnerStarted(let app, _, _), .runnerReady(let app, _, _),
      .runnerFailed(let app, _, _, _), .runnerCrashed(let app, _, _), .runnerDraining(let app, _),
      .runnerExited(let app, _, _), .log(let app, _, _), .appRemoved(let app):
      app
    case .adopted, .degraded, .recovered, .fault: nil
    }
  }
}
