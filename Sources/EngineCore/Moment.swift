/// A point in time, in nanoseconds since 1970.
///
/// The core has no clock: every moment it knows came with an input. The shell's clock never runs backwards within one
/// process; if it jumps between two, the core only compares, so that a deadline comes early or late but is not lost.
public struct Moment: Sendable, Hashable, Codable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public init(from decoder: any Decoder) throws {
    nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(nanoseconds)
  }
}

extension Moment: Comparable {
  public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Moment {
  /// The moment `duration` later; stays at the far end of time where the sum does not fit.
  public static func + (moment: Moment, duration: Duration) -> Moment {
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Moment(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  public static func - (left: Moment, right: Moment) -> Duration {
    .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
  }
}

extension Duration {
  /// Rounded towards zero; at the ends of the range where the duration does not fit.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }
}
