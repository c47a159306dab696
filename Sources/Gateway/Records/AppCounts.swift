/// What is counted of one app's requests; as long as its desk is there.
public struct AppCounts: Sendable {
  /// Requests that an app's desk took, whether or not a runner ever had them.
  public internal(set) var received = 0
  /// Requests that are over, by the first digit of their status; what an app made up counts as 5.
  public private(set) var completed = InlineArray<6, Int>(repeating: 0)
  /// From when a runner had the request until its end.
  public private(set) var running = LatencyHistogram()
  /// From its arrival to its end.
  public private(set) var total = LatencyHistogram()
  /// What requests waited that found no runner ready.
  public private(set) var coldStarts = LatencyHistogram()

  mutating func add(_ record: RequestRecord) {
    completed[(100..<600).contains(record.status) ? record.status / 100 : 5] += 1
    // How long a conversation lasts says nothing of how quick an app is.
    guard record.kind != .websocket else { return }
    total.add(nanoseconds: record.times.totalNanoseconds)
    guard record.times.started != 0 else { return }
    running.add(nanoseconds: record.times.ranNanoseconds)
    if record.isCold { coldStarts.add(nanoseconds: record.times.waitedNanoseconds) }
  }
}
