public import AppModel
public import EngineCore

/// What usage is asked for.
public struct UsageQuery: Sendable, Hashable {
  /// From the beginning of the hour in which this lies.
  public var since: Moment
  /// Until the end of the hour that has the last moment before this one.
  public var until: Moment
  /// Empty: all in one row.
  public var by: [UsageDimension]
  /// Only requests that this user made or pays for, and runners of apps that are the user's; nil: everything.
  public var user: String?
  /// Rows at most.
  public var rowsMax: Int

  public init(since: Moment, until: Moment, by: [UsageDimension], user: String? = nil, rowsMax: Int = UsageQuery.rowsStandard) {
    self.since = since
    self.until = until
    self.by = by
    self.user = user
    self.rowsMax = rowsMax
  }

  /// More rows are no answer any more, and a table of them would not be read.
  public static let rowsStandard = 10_000

  public var begin: Moment { UsageHour(number: hours.lowerBound).begin }

  public var end: Moment { UsageHour(number: hours.upperBound).begin }

  /// Since 1970.
  var hours: Range<Int64> {
    // What ends on the hour does not reach into the next one.
    let (first, last) = (UsageHour(since).number, UsageHour(Moment(nanoseconds: until.nanoseconds &- 1)).number)
    return first..<max(first, last + 1)
  }
}
