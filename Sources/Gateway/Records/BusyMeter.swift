/// Measures for how long a runner has requests, and gives that out piece by piece.
struct BusyMeter {
  /// Since when it has some, as far as that was not given out yet; 0: it has none. Of the event loop's clock.
  private var from: UInt64 = 0

  /// It has a request.
  mutating func begins(at now: UInt64) {
    if from == 0 { from = now }
  }

  /// A request is over: the time with requests that was not given out yet.
  ///
  /// - Parameter isIdle: it has none any more.
  mutating func take(at now: UInt64, isIdle: Bool) -> UInt64 {
    guard from != 0 else { return 0 }
    let busy = now > from ? now - from : 0
    from = isIdle ? 0 : max(now, from)
    return busy
  }
}
