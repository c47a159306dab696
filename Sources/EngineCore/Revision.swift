public import AppModel

/// One immutable revision of an app, with what the engine remembers of its runners' failures.
public struct Revision: Sendable, Hashable, Codable, Identifiable {
  public let id: RevisionID
  public let definition: AppDefinition
  public let auth: Auth
  public let restart: RestartPolicy
  public let bundle: BundleReference
  public internal(set) var failures = FailureHistory()

  public init(
    id: RevisionID, definition: AppDefinition, auth: Auth, restart: RestartPolicy,
    bundle: BundleReference = BundleReference(hash: "", script: "")
  ) {
    self.id = id
    self.definition = definition
    self.auth = auth
    self.restart = restart
    self.bundle = bundle
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
