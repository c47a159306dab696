/// The requests of one app that wait or run at one moment, as the gateway counts them.
///
/// The gateway owns the counters; the engine only ever sees whole, current values, so that a lost report is mended by
/// the next one and no count can drift.
public struct Demand: Sendable, Hashable, Codable {
  /// Requests that wait for a slot.
  public var queued: Int
  /// How long the oldest of them has waited, in seconds; nil when none waits.
  public var oldestQueuedSeconds: Double?
  /// Requests in work, by runner. A runner without any may be left out.
  public var inFlight: [RunnerID: Int]
  /// Runners that had a request since the previous report, though they may have none now: their keep-alive starts anew.
  public var busySince: Set<RunnerID>

  public init(
    queued: Int = 0, oldestQueuedSeconds: Double? = nil, inFlight: [RunnerID: Int] = [:], busySince: Set<RunnerID> = []
  ) {
    self.queued = queued
    self.oldestQueuedSeconds = oldestQueuedSeconds
    self.inFlight = inFlight
    self.busySince = busySince
  }

  /// Nothing waits and nothing runs.
  public static let none = Demand()
}
