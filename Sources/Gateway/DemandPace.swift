/// Decides when a change of demand is reported: at most once an interval, and never lost.
struct DemandPace {
  private enum State {
    /// Nothing changed since the last report. Becomes `timing` with a change.
    case quiet
    /// An interval runs. Becomes `timing` without a change when that is reported, `quiet` when there was none.
    case timing(hasChanged: Bool)
  }

  private var state = State.quiet

  /// Whether an interval begins now.
  mutating func changed() -> Bool {
    switch state {
    case .quiet:
      state = .timing(hasChanged: true)
      return true
    case .timing:
      state = .timing(hasChanged: true)
      return false
    }
  }

  /// Whether to report and to begin the next interval. While requests wait, their age changes all the time.
  mutating func intervalPassed(whileWaiting: Bool) -> Bool {
    switch state {
    case .quiet: return false
    case .timing(let hasChanged):
      state = hasChanged || whileWaiting ? .timing(hasChanged: false) : .quiet
      return hasChanged || whileWaiting
    }
  }
}
