public import EngineCore

/// When the parts of a request happened: nanoseconds of the event loop's clock, which only ever goes forward. 0: never.
public struct RequestTimes: Sendable, Hashable {
  var arrived: UInt64 = 0
  var started: UInt64 = 0
  var firstByte: UInt64 = 0
  var ended: UInt64 = 0
  /// What that clock was ahead of the time of day when the record was made, in nanoseconds.
  var clockOffset: Int64 = 0

  /// Time of day.
  public var arrivedAt: Moment { Moment(nanoseconds: Int64(clamping: arrived) &+ clockOffset) }

  /// Time of day.
  public var endedAt: Moment { Moment(nanoseconds: Int64(clamping: ended) &+ clockOffset) }

  /// From its arrival until a runner had a slot for it; nil: none ever had.
  public var waited: Duration? { started == 0 ? nil : .nanoseconds(waitedNanoseconds) }

  /// From then until its end; nil: no runner ever had it.
  public var ran: Duration? { started == 0 ? nil : .nanoseconds(ranNanoseconds) }

  /// From its arrival until the answer began; nil: it never did.
  public var toFirstByte: Duration? { firstByte == 0 ? nil : .nanoseconds(Self.span(arrived, firstByte)) }

  /// From its arrival to its end.
  public var total: Duration { .nanoseconds(totalNanoseconds) }

  // What is counted of every request is counted in these: `Duration` has twice as many bits, and is slow to divide.
  var waitedNanoseconds: Int64 { Self.span(arrived, started) }
  var ranNanoseconds: Int64 { Self.span(started, ended) }
  var totalNanoseconds: Int64 { Self.span(arrived, ended) }

  private static func span(_ from: UInt64, _ to: UInt64) -> Int64 { to > from ? Int64(truncatingIfNeeded: to &- from) : 0 }
}
