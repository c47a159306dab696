import AppModel

/// How many runners a revision should have, by fal's rules.
///
/// Demand is `ceil((in flight + queued) / max_multiplexing)`. The buffer is the larger of `concurrency_buffer` and the
/// percentage of the request volume; both count runners, so that the volume is divided by the multiplexing as demand
/// is. The buffer stands on top of demand; the larger of that sum and `min_concurrency` wins; `max_concurrency` caps all.
struct RunnerTarget: Hashable {
  /// Runners that requests in work or in the queue need.
  let demand: Int
  let buffer: Int
  let minimum: Int
  let maximum: Int

  init(_ scaling: Scaling, requests: Int) {
    let slots = max(1, scaling.maxMultiplexing)
    let requests = max(0, requests)
    demand = requests / slots + (requests % slots > 0 ? 1 : 0)
    let share = Double(max(0, scaling.concurrencyBufferPercentage)) / 100 * Double(requests) / Double(slots)
    // The conversion traps beyond `Int`; nobody has that many runners.
    let shareRunners = Int(min(share.rounded(.up), 1_000_000_000))
    buffer = max(0, scaling.concurrencyBuffer, shareRunners)
    minimum = max(0, scaling.minConcurrency)
    maximum = max(0, scaling.maxConcurrency)
  }

  var count: Int {
    let (wanted, overflow) = demand.addingReportingOverflow(buffer)
    return min(maximum, max(minimum, overflow ? .max : wanted))
  }

  /// Why the runner after `counted` others is there.
  func cause(after counted: Int) -> Runner.Cause {
    if counted < demand { return .demand }
    return counted < minimum ? .minimum : .buffer
  }
}
