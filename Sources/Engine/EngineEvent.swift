public import EngineCore
public import RunnerProtocol

/// What people who watch an engine are told.
public enum EngineEvent: Sendable, Hashable {
  case rolloutStarted(AppID, RevisionID)
  case rolloutEnded(AppID, RevisionID, RolloutOutcome)
  case runnerRequested(AppID, RevisionID, RunnerID, Runner.Cause)
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
  /// The engine refused something that a part of the house told it: a bug, shown rather than hidden.
  case fault(String)
}
