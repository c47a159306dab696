public import AppModel

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
    /// A new revision is to take traffic. `warm` starts a runner at once, also under `recreate`.
    indirect case deploy(AppID, Revision, Strategy, warm: Bool)
    /// Scales otherwise than the revision defines; nil takes that back.
    case scale(AppID, Scaling?)
    /// The app goes away; what still runs after `grace` is killed.
    case remove(AppID, grace: Duration)
    case stopRunner(RunnerID, StopMode)
    case demand(AppID, Demand)
    /// A deadline of the app has come, or may have.
    case time(AppID)
    case runner(RunnerID, generation: Int, RunnerReport)
    /// All that the provider runs for this app: what it does not name has ended.
    case inventory(AppID, [RunnerID: Int])
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
    case linkClosed
    case exited(RunnerExit)
  }
}
