/// How long a revision waits before it tries again after a runner of it failed.
///
/// A failed *start* waits from the first time on. A runner that crashes *in service* is replaced at once the first time,
/// and waits from the second crash in a row on: a crash counts as in a row when the runner had not been ready for
/// `stableAfter`. Runners that fail together count once: only a runner that was started after the previous failure
/// says something new.
public struct RestartPolicy: Sendable, Hashable, Codable {
  public enum Growth: String, Sendable, Hashable, Codable {
    /// step, 2 × step, 3 × step, …
    case linear
    /// step, 2 × step, 4 × step, …
    case doubling
  }

  /// The delay after the first failure.
  public var step: Duration
  public var growth: Growth
  public var delayMax: Duration
  /// The delay after the provider could not start a runner at all; it does not grow.
  public var placementDelay: Duration
  /// Whether a rollout waits for room on a node, as long as a start may take; else it fails at once.
  public var waitsForPlace: Bool
  /// A runner that was ready this long before it crashed starts a new count.
  public var stableAfter: Duration

  public init(
    step: Duration, growth: Growth, delayMax: Duration, placementDelay: Duration, waitsForPlace: Bool,
    stableAfter: Duration
  ) {
    self.step = step
    self.growth = growth
    self.delayMax = delayMax
    self.placementDelay = placementDelay
    self.waitsForPlace = waitsForPlace
    self.stableAfter = stableAfter
  }

  /// fal's rule for deployed apps: 30, 60, 90, … seconds, at most 10 minutes; 20 seconds where there was no place.
  public static let persistent = RestartPolicy(
    step: .seconds(30), growth: .linear, delayMax: .seconds(600), placementDelay: .seconds(20), waitsForPlace: true,
    stableAfter: .seconds(60))

  /// For apps that somebody watches while they run: 1, 2, 4, … seconds, at most 1 minute.
  public static let ephemeral = RestartPolicy(
    step: .seconds(1), growth: .doubling, delayMax: .seconds(60), placementDelay: .seconds(1), waitsForPlace: false,
    stableAfter: .seconds(60))

  /// The delay after the `failures`-th failed start in a row; counts from 1.
  public func delay(afterFailedStarts failures: Int) -> Duration {
    guard failures > 0 else { return .zero }
    switch growth {
    case .linear:
      // More steps than that are over any sensible maximum, and must not overflow.
      return min(delayMax, step * min(failures, 1 << 20))
    case .doubling:
      return min(delayMax, step * (1 << min(failures - 1, 20)))
    }
  }

  /// The delay before a replacement is started after the `crashes`-th crash in a row; counts from 1.
  public func delay(afterCrashes crashes: Int) -> Duration {
    delay(afterFailedStarts: crashes - 1)
  }
}
