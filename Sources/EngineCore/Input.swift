public import AppModel
public import Planning

/// Something that reaches the engine, with the time and the randomness that deciding on it may need.
public struct Input: Sendable, Hashable {
  public var at: Moment
  /// Ids of new runners are drawn from it; give every input its own.
  public var seed: UInt64
  public var event: Event

  public init(at: Moment, seed: UInt64, _ event: Event) {
    self.at = at
    self.seed = seed
    self.event = event
  }

  public enum Event: Sendable, Hashable {
    /// A new revision is to take traffic.
    indirect case deploy(AppID, NewRevision, DeployOptions)
    /// A revision that exists is to take traffic: the way back. nil leaves who may call as the revision says.
    case setRevision(AppID, RevisionID, Strategy, auth: Auth?, warm: Bool)
    /// A revision that takes no traffic is forgotten.
    case deleteRevision(AppID, RevisionID)
    /// Settings change without a new revision.
    indirect case change(AppID, SettingsChange)
    /// Every runner makes room for a fresh one of the same revision; the old ones are killed at once if `forces`.
    case replaceRunners(AppID, forces: Bool)
    /// The app goes away; what still runs after `grace` is killed.
    case remove(AppID, grace: Duration)
    /// `replaces`: a fresh runner takes its place before it goes.
    case stopRunner(RunnerID, StopMode, replaces: Bool)
    case demand(AppID, Demand)
    /// A deadline of the app has come, or may have.
    case time(AppID)
    case runner(RunnerID, generation: Int, RunnerReport)
    /// All nodes that the provider has: what it does not name has vanished.
    case nodes([Node])
    /// All that the provider still runs after the host was started again: what it does not name has ended.
    case inventory([FoundInstance])
  }

  public enum StopMode: Sendable, Hashable {
    /// Finishes its requests first.
    case drain
    /// SIGTERM now, its requests have the grace period.
    case terminate
    /// SIGKILL now.
    case kill
  }

  /// What provider and data plane say about a runner.
  public enum RunnerReport: Sendable, Hashable {
    case started(Runner.Place)
    /// The provider cannot start it now.
    case notPlaced(RunnerFailure)
    case ready
    case failed(RunnerFailure)
    /// Its health checks failed.
    case unhealthy(RunnerFailure)
    /// Is to finish what it has and to go.
    case stopWanted
    case linkClosed
    case exited(RunnerExit)
  }
}
