public import AppModel
public import Planning

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
    case revisionDeleted(RevisionID)
    case rolloutStarted(RevisionID, DeployOptions, auth: Auth?)
    case aliasMoved(to: RevisionID)
    case rolloutEnded(RevisionID, RolloutEnd)
    /// What holds from now on beside the definition of the active revision; the whole of it.
    indirect case settingsChanged(SettingsChange)
    /// nil: as the active revision says.
    case authChanged(Auth?)
    case appRemoved(endBy: Moment)
    case appForgotten

    case runnerRequested(RunnerID, RevisionID, Runner.Cause)
    /// It has a place, and holds it until its process has ended.
    case runnerPlaced(RunnerID, Placement)
    /// It has no place, and why; told when that changes.
    case runnerWaits(RunnerID, reason: String)
    /// A fresh runner of the same revision is to take its place.
    case runnerReplacing(RunnerID)
    case runnerStarted(RunnerID, Runner.Place)
    /// Its process outlived the host, and goes on.
    case runnerAdopted(RunnerID)
    case runnerReady(RunnerID)
    case runnerLinkLost(RunnerID)
    /// Its process ended before it was ready, and its connection is still to be read to its end.
    case runnerProcessEnded(RunnerID, RunnerExit)
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
    /// All nodes that are there now: the provider tells again after a restart.
    case nodesSeen([Node])
    /// The provider runs what nobody knows; it is to be killed.
    case strayFound(RunnerID, generation: Int)
    case strayEnded(RunnerID)
    /// An input came too late to matter.
    case inputIgnored
  }

}
