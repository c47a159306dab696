/// Usage that is added up.
public struct UsageSum: Sendable, Hashable {
  public var requests: Int64 = 0
  /// Of which with a status of 500 or more.
  public var failed: Int64 = 0
  public var units = 0.0
  /// Seconds that runners had requests, each request on its own.
  public var requestSeconds = 0.0
  public var bytesIn: Int64 = 0
  public var bytesOut: Int64 = 0
  /// Seconds of runners in each state.
  public var setup = 0.0
  /// With and without requests.
  public var ready = 0.0
  /// Of `ready`, with requests: as far as those have ended.
  public var running = 0.0
  public var draining = 0.0
  public var terminating = 0.0
  /// Seconds of runners times their GPUs.
  public var gpuSeconds = 0.0
  /// In the operator's currency; nil: none of the machine types has a price.
  public var cost: Double?

  public init() {}

  /// A request that a runner has for long is told when it ends: until then there may be more of it than of `ready`.
  public var idle: Double { max(0, ready - running) }

  /// Each GPU counts; a machine without counts once.
  static func cost(_ nanoseconds: Int64, gpus: Int, hourly: Double) -> Double {
    Double(nanoseconds) / 3.6e12 * hourly * Double(max(1, gpus))
  }

  mutating func add(_ state: String, nanoseconds: Int64, gpus: Int, cost: Double?) {
    let seconds = Double(nanoseconds) / 1e9
    switch MeteredState(rawValue: state) {
    case .setup: setup += seconds
    case .ready: ready += seconds
    case .draining: draining += seconds
    case .terminating: terminating += seconds
    case nil:
      running += seconds
      return
    }
    gpuSeconds += seconds * Double(gpus)
    if let cost { self.cost = (self.cost ?? 0) + cost }
  }

  public static func + (left: UsageSum, right: UsageSum) -> UsageSum {
    var sum = left
    sum.requests += right.requests
    sum.failed += right.failed
    sum.units += right.units
    sum.requestSeconds += right.requestSeconds
    sum.bytesIn += right.bytesIn
    sum.bytesOut += right.bytesOut
    sum.setup += right.setup
    sum.ready += right.ready
    sum.running += right.running
    sum.draining += right.draining
    sum.terminating += right.terminating
    sum.gpuSeconds += right.gpuSeconds
    if let cost = right.cost { sum.cost = (sum.cost ?? 0) + cost }
    return sum
  }
}
