public import AppModel

/// One immutable revision of an app, with what the engine remembers of its runners' failures.
///
/// What it is at a time (`AppState.status(of:)`) follows from the rest: *deploying* while its rollout goes on, then
/// *active* or *failed*; *active* becomes *inactive* when another revision takes the traffic; *inactive* and *failed*
/// become *deploying* or *active* again by `setRevision`, and end by `deleteRevision` or when too many younger ones came.
public struct Revision: Sendable, Hashable, Codable, Identifiable {
  public let id: RevisionID
  /// As the script defines it. What is in force is `AppState.definition(of:)`.
  public let definition: AppDefinition
  public let auth: Auth
  public let restart: RestartPolicy
  public let bundle: BundleReference
  public let message: String?
  public let annotations: [String: String]
  public let createdAt: Moment
  /// Whether it ever took traffic.
  public internal(set) var wasActive = false
  /// Why its last rollout did not succeed.
  public internal(set) var rolloutFailure: RunnerFailure?
  public internal(set) var failures = FailureHistory()

  public init(id: RevisionID, _ new: NewRevision, createdAt: Moment) {
    self.id = id
    definition = new.definition
    auth = new.auth
    restart = new.restart
    bundle = new.bundle
    message = new.message
    annotations = new.annotations
    self.createdAt = createdAt
  }

  /// What decides when a runner may be started again.
  public struct FailureHistory: Sendable, Hashable, Codable {
    /// Failed starts in a row; a successful one sets it to 0.
    public internal(set) var failedStarts = 0
    public internal(set) var lastFailedStartAt: Moment?
    /// Crashes in service in a row.
    public internal(set) var crashes = 0
    public internal(set) var lastCrashAt: Moment?
    /// No new runner is started before.
    public internal(set) var holdUntil: Moment?
  }
}
