import Gateway

extension MetricsText {
  /// Upper ends of the buckets as labels.
  private static let ends = LatencyHistogram.bounds.map { bound in Int(exactly: bound).map(String.init) ?? "\(bound)" }

  /// One histogram of durations, in seconds.
  mutating func add(_ name: String, _ labels: [(String, String)], _ histogram: LatencyHistogram) {
    var total = 0
    for (index, end) in Self.ends.enumerated() {
      total += histogram.counts[index]
      add(name + "_bucket", labels + [("le", end)], total)
    }
    add(name + "_bucket", labels + [("le", "+Inf")], histogram.count)
    let (seconds, attoseconds) = histogram.sum.components
    add(name + "_sum", labels, Double(seconds) + Double(attoseconds) / 1e18)
    add(name + "_count", labels, histogram.count)
  }
}
