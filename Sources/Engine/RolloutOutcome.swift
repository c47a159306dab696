public import EngineCore
public import RunnerProtocol

/// How a deploy ended.
public enum RolloutOutcome: Sendable, Hashable {
  /// The revision takes traffic.
  case promoted
  /// Its first runner failed: why, and what it wrote last. Under `rolling` the old revision goes on.
  case failed(RunnerFailure, lastLines: [LogRecord])
  case superseded(by: RevisionID)
  /// The app was removed, or the engine stopped and took it along.
  case removed
  /// The engine left; the rollout goes on with the next one.
  case unfinished
  /// There is no such rollout, or it ended so long ago that nobody knows how.
  case unknown
}
