/// How many runners an app has, and when they start and stop.
public struct Scaling: Sendable, Hashable, Codable {
  /// Runners that are always alive.
  public var minConcurrency: Int = 0
  /// The most runners at any time.
  public var maxConcurrency: Int = 2
  /// Spare runners above demand.
  public var concurrencyBuffer: Int = 0
  /// Spare runners as a percentage of the request volume.
  public var concurrencyBufferPercentage: Int = 0
  /// How long a request must have waited before a runner is added for it.
  @InSeconds public var scalingDelay: Duration = .zero
  /// Requests that one runner serves at the same time.
  public var maxMultiplexing: Int = 1
  /// Idle time after which a runner that is not needed stops.
  @InSeconds public var keepAlive: Duration = .seconds(60)

  public init() {}
}
