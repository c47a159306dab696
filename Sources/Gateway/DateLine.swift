import Glibc

/// The `Date` header of the present second, ready to be written: made once a second, not for each answer.
struct DateLine {
  /// With its line end.
  private(set) var bytes: [UInt8] = []

  init() { renew() }

  mutating func renew() { bytes = Array("date: \(Self.text(secondsSince1970: time(nil)))\r\n".utf8) }

  /// As RFC 9110 wants it: `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func text(secondsSince1970 seconds: Int) -> String {
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let (year, month, day) = date(days: days)
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // The first of January 1970 was a Thursday.
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(weekday), \(two(day)) \(names[month - 1]) \(year) \(clock) GMT"
  }

  /// The day of the Gregorian calendar that many days after the first of January 1970. Counts in years that begin in March,
  /// so that a leap day is the last one of its year.
  private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let since0000March = days + 719_468
    let (era, dayOfEra) = since0000March.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    return (era * 400 + yearOfEra + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
