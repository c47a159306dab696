import RunnerProtocol

/// Decides from the answers to health checks whether a runner is well. Pure; times are nanoseconds of a monotonic clock.
struct HealthWatch {
  enum Answer: Hashable {
    case well
    /// In words: `GET /health answered 500`.
    case problem(String)
  }

  private enum State {
    /// So many failures in a row count. Becomes `reported`.
    case watching(failures: Int)
    /// The runner is not well, and that was told. Final.
    case reported
  }

  /// Failures before it do not count.
  private let startPeriodEnd: UInt64
  private let threshold: Int
  private var state = State.watching(failures: 0)

  init(readyAt: UInt64, startPeriod: UInt64, threshold: Int) {
    let (end, overflows) = readyAt.addingReportingOverflow(startPeriod)
    startPeriodEnd = overflows ? .max : end
    self.threshold = max(1, threshold)
  }

  /// Whether there is something left to find out.
  var isWatching: Bool { if case .watching = state { true } else { false } }

  /// What to report, with the failure that was one too many.
  ///
  /// - Parameter isUrgent: the app asked for it; neither the start period nor the threshold excuses a failure.
  mutating func answered(_ answer: Answer, at now: UInt64, isUrgent: Bool = false) -> FailureReport? {
    switch (state, answer) {
    case (.reported, _): return nil
    case (.watching, .well):
      state = .watching(failures: 0)
      return nil
    case (.watching(let before), .problem(let problem)):
      guard isUrgent || now >= startPeriodEnd else { return nil }
      let failures = before + 1
      guard isUrgent || failures >= threshold else {
        state = .watching(failures: failures)
        return nil
      }
      state = .reported
      let count = failures == 1 || isUrgent ? "a health check" : "\(failures) health checks in a row"
      return FailureReport(code: "unhealthy", message: "\(count) failed: \(problem)")
    }
  }
}
