/// How the figures of a new revision are judged while it takes traffic. The predicates are functions of the script.
public struct Analysis: Sendable, Hashable, Codable {
  /// Time between two measurements.
  @InSeconds public var every: Duration = .seconds(30)
  /// Measurements to take; nil: as long as the rollout has steps.
  public var count: Int?
  @InSeconds public var initialDelay: Duration = .zero
  /// Failed measurements that are borne; one more aborts.
  public var failureLimit = 0
  /// Successes in a row after which the analysis ends early; nil: never.
  public var consecutiveSuccess: Int?
  /// Inconclusive measurements that are borne; one more pauses.
  public var inconclusiveLimit = 3
  /// Errors of a predicate in a row that are borne.
  public var errorLimit = 4
  /// Requests that a measurement needs to be conclusive.
  public var samplesMin = 1
  /// Measures and reports, but neither aborts nor pauses.
  public var dryRun = false
  public var hasSuccess = false
  public var hasFailure = false

  public init() {}
}
