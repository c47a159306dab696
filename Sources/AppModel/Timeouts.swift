/// The time limits of an app.
public struct Timeouts: Sendable, Hashable, Codable {
  /// A request that takes longer is aborted and its runner replaced.
  @InSeconds public var request: Duration = .seconds(3600)
  /// How long a request may wait for a runner; nil: as long as the caller waits.
  public var requestStart: InSeconds?
  /// From the start of a runner to ready.
  @InSeconds public var startup: Duration = .seconds(600)
  /// From SIGTERM to SIGKILL.
  @InSeconds public var terminationGrace: Duration = .seconds(5)

  public init() {}
}
