public import AppModel

/// Something that happened and is written down: the only thing that changes the engine's state.
///
/// Facts hold results, not reasons to compute them again: a newer version that would decide otherwise folds old facts to
/// the same state.
public struct Fact: Sendable, Hashable, Codable {
  public var app: AppID
  public var at: Moment
  public var change: Change

  public init(_ app: AppID, at: Moment, _ change: Change) {
    self.app = app
    self.at = at
    self.change = change
  }

  public enum Change: Sendable, Hashable, Codable {
    indirect case revisionAdded(Revision)
    case rolloutStarted(RevisionID, Strategy, warm: Bool)
    case aliasMoved(to: RevisionID)
    case rolloutEnded(RevisionID, RolloutEnd)
    /// nil: back to what the revision defines.
    indirect case scalingOverridden(Scaling?)
    case appRemoved(endBy: Moment)
    case appForgotten

    case runnerRequested(RunnerID, RevisionID, Runner.Cause)
    case runnerStarted(RunnerID, Runner.Place)
    case runnerReady(RunnerID)
    case runnerLinkLost(RunnerID)
    /// A start failed: `failures` in a row by now, and the next one not before `retryAt`.
    case runnerStartFailed(RunnerID, RunnerFailure, failures: Int, retryAt: Moment)
    /// The provider had no place for it; says nothing about the revision.
    case runnerNotPlaced(RunnerID, RunnerFailure, retryAt: Moment)
    case runnerBackedOff(RunnerID, until: Moment)
    /// Starts again, as the next generation.
    case runnerRetried(RunnerID)
    /// A ready runner broke: `crashes` in a row by now, and no new runner before `holdUntil`.
    case runnerCrashed(RunnerID, RunnerFailure, crashes: Int, holdUntil: Moment)
    case runnerDraining(RunnerID, deadline: Moment)
    /// `retryAt` is set when it is started again after it ended.
    case runnerTerminating(RunnerID, killAt: Moment, retryAt: Moment?)
    case runnerEnded(RunnerID, RunnerExit)

    /// What the gateway counts; out of date after a restart, and so not worth a place in a journal.
    case demandObserved(Demand)
    /// An input came too late to matter.
    case inputIgnored
  }

  /// Whether recovery needs the fact.
  public var isDurable: Bool {
    switch change {
    case .demandObserved, .inputIgnored: false
    case .revisionAdded, .rolloutStarted, .aliasMoved, .rolloutEnded, .scalingOverridden, .appRemoved, .appForgotten,
      .runnerRequested, .runnerStarted, .runnerReady, .runnerLinkLost, .runnerStartFailed, .runnerNotPlaced,
      .runnerBackedOff, .runnerRetried, .runnerCrashed, .runnerDraining, .runnerTerminating, .runnerEnded:
      true
    }
  }
}
