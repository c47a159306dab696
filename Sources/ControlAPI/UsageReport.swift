public import AppModel

/// `GET /v1/usage`
public struct UsageReport: Sendable, Hashable, Codable {
  /// Seconds since 1970: the beginning of the first hour that counts.
  public var since: Double
  /// Seconds since 1970: the end of the last hour that counts.
  public var until: Double
  public var by: [UsageDimension]
  /// In the order of their values.
  public var rows: [UsageRow]
  public var total: UsageAmounts

  public init(since: Double, until: Double, by: [UsageDimension], rows: [UsageRow], total: UsageAmounts) {
    self.since = since
    self.until = until
    self.by = by
    self.rows = rows
    self.total = total
  }
}

/// What was used by one app, user, day, …, or by one combination of them.
public struct UsageRow: Sendable, Hashable, Codable {
  /// Values by dimension: `{"app": "ada/words", "day": "2026-11-25"}`. Empty where the dimension says nothing: the time of
  /// runners has no caller, and a request that no runner had has no machine.
  public var of: [String: String]
  public var usage: UsageAmounts

  public init(of: [String: String], usage: UsageAmounts) {
    self.of = of
    self.usage = usage
  }
}

/// What was used.
public struct UsageAmounts: Sendable, Hashable, Codable {
  /// Requests that apps took; each attempt of a queued one counts.
  public var requests: Int64
  /// Of which with a status of 500 or more: they are free.
  public var failed: Int64
  /// What apps said in `x-fal-billable-units`, without that of 422 and of failed requests.
  public var units: Double
  /// Seconds that runners had requests, each request on its own; without failed ones.
  public var requestSeconds: Double
  /// Bytes of bodies.
  public var bytesIn: Int64
  public var bytesOut: Int64
  public var seconds: RunnerSeconds
  /// Seconds of runners times their GPUs.
  public var gpuSeconds: Double
  /// Of the time of runners, in the operator's currency; nil: none of their machine types has a price.
  public var cost: Double?

  public init(requests: Int64, failed: Int64, units: Double, requestSeconds: Double, seconds: RunnerSeconds) {
    self.requests = requests
    self.failed = failed
    self.units = units
    self.requestSeconds = requestSeconds
    self.seconds = seconds
    bytesIn = 0
    bytesOut = 0
    gpuSeconds = 0
  }
}

/// Seconds of runners by the states in which they are paid for.
public struct RunnerSeconds: Sendable, Hashable, Codable {
  public var setup: Double
  public var idle: Double
  public var running: Double
  public var draining: Double
  public var terminating: Double

  public init(setup: Double, idle: Double, running: Double, draining: Double, terminating: Double) {
    self.setup = setup
    self.idle = idle
    self.running = running
    self.draining = draining
    self.terminating = terminating
  }

  public var total: Double { setup + idle + running + draining + terminating }
}
