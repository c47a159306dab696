/// How many durations were at most so long: the buckets of Prometheus, without their sums.
public struct LatencyHistogram: Sendable {
  /// Upper ends of the buckets in seconds; one more bucket has no end. From a fast Lua endpoint to the longest request.
  public static let bounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
  ]
  private static let nanoseconds = bounds.map { Int64($0 * 1e9) }

  /// One for each bound, and one for what is longer.
  public private(set) var counts = InlineArray<20, Int>(repeating: 0)
  public private(set) var count = 0
  private var sumNanoseconds: Int64 = 0

  public var sum: Duration { .nanoseconds(sumNanoseconds) }

  mutating func add(nanoseconds: Int64) {
    count += 1
    sumNanoseconds &+= nanoseconds
    let bounds = Self.nanoseconds
    var bucket = 0
    while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
    counts[bucket] += 1
  }
}
