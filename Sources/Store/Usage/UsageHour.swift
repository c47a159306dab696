public import EngineCore
import FoundationEssentials

/// An hour since 1970, the grain in which usage is kept.
public struct UsageHour: Sendable, Hashable {
  static let nanoseconds: Int64 = 3_600_000_000_000

  var number: Int64

  init(number: Int64) { self.number = number }

  /// The hour in which `moment` lies.
  public init(_ moment: Moment) {
    let (whole, rest) = moment.nanoseconds.quotientAndRemainder(dividingBy: Self.nanoseconds)
    number = rest < 0 ? whole - 1 : whole
  }

  var begin: Moment { Moment(nanoseconds: number &* Self.nanoseconds) }

  var end: Moment { Moment(nanoseconds: (number + 1) &* Self.nanoseconds) }

  /// `2026-11-25T09:00Z`
  var hourText: String { String(iso.prefix(16)) + "Z" }

  /// `2026-11-25`, in the zone of Greenwich.
  var dayText: String { String(iso.prefix(10)) }

  /// `2026-11`
  var monthText: String { String(iso.prefix(7)) }

  private var iso: String { Date(timeIntervalSince1970: Double(number) * 3600).formatted(.iso8601) }
}
