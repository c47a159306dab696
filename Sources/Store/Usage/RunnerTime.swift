import EngineCore

/// A time that a runner spent in one state.
struct RunnerTime: Sendable, Hashable {
  var runner: RunnerMeter.Known
  var state: MeteredState
  var from: Moment
  var until: Moment

  /// nil where there is none: no process, or a clock that was set back.
  init?(_ runner: RunnerMeter.Known, until: Moment) {
    guard let state = runner.state, until > runner.since else { return nil }
    self.runner = runner
    self.state = state
    from = runner.since
    self.until = until
  }

  /// The part that lies between two moments; nil: none does.
  func clipped(from begin: Moment, until end: Moment) -> RunnerTime? {
    var part = self
    part.from = max(from, begin)
    part.until = min(until, end)
    return part.from < part.until ? part : nil
  }

  /// The time by hours since 1970: the form in which usage is kept.
  var byHour: [(hour: Int64, nanoseconds: Int64)] {
    var parts: [(Int64, Int64)] = []
    var begin = from.nanoseconds
    while begin < until.nanoseconds {
      let hour = UsageHour(Moment(nanoseconds: begin))
      let end = min(hour.end.nanoseconds, until.nanoseconds)
      parts.append((hour.number, end - begin))
      begin = end
    }
    return parts
  }
}
