public import EngineCore
import Glibc

/// Where the engine's shell takes the time from.
public protocol EngineClock: Sendable {
  /// Never runs backwards.
  var now: Moment { get }

  /// Returns once `moment` has come.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before.
  func sleep(until moment: Moment) async throws
}

/// The machine's clock: real time when the process started, and steady from then on, so that setting the machine's clock
/// neither hastens nor holds up a deadline.
public struct SystemEngineClock: EngineClock {
  private let origin: Moment
  private let start: ContinuousClock.Instant

  public init() {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    origin = Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    start = ContinuousClock.now
  }

  public var now: Moment { origin + (ContinuousClock.now - start) }

  public func sleep(until moment: Moment) async throws {
    try await ContinuousClock().sleep(until: start + (moment - origin), tolerance: .milliseconds(1))
  }
}
