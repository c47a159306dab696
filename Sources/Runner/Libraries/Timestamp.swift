import Glibc

/// A moment as RFC 3339 text and back: `2026-01-31T12:00:00.250Z`.
enum Timestamp {
  /// Seconds since 1970 of the years 1 to 9999.
  static let range = -62_135_596_800.0..<253_402_300_800.0

  /// In UTC with milliseconds; nil outside of `range`.
  static func format(_ seconds: Double) -> String? {
    guard range.contains(seconds) else { return nil }
    let milliseconds = Int((seconds * 1000).rounded(.down))
    let whole = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    let parts = parts(of: whole)
    let date = "\(pad(parts.year, 4))-\(pad(parts.month))-\(pad(parts.day))"
    let clock = "\(pad(parts.hour)):\(pad(parts.minute)):\(pad(parts.second))"
    return "\(date)T\(clock).\(pad(milliseconds - whole * 1000, 3))Z"
  }

  struct Parts {
    var year, month, day, hour, minute, second: Int
    /// 1 is Sunday, as in Lua.
    var weekday: Int
    /// 1 is the first of January.
    var yearDay: Int
  }

  /// The date of whole seconds since 1970, in UTC.
  static func parts(of seconds: Int) -> Parts {
    var time = time_t(seconds)
    var raw = tm()
    gmtime_r(&time, &raw)
    return Parts(
      year: Int(raw.tm_year) + 1900, month: Int(raw.tm_mon) + 1, day: Int(raw.tm_mday), hour: Int(raw.tm_hour),
      minute: Int(raw.tm_min), second: Int(raw.tm_sec), weekday: Int(raw.tm_wday) + 1, yearDay: Int(raw.tm_yday) + 1)
  }

  /// Seconds since 1970 of `2026-01-31`, or of that with `T12:00`, `:30`, `.25`, and `Z` or `+02:00` behind it; nil for
  /// anything else. Without a zone it is UTC.
  static func parse(_ text: String) -> Double? {
    var rest = text.utf8[...]
    guard let year = number(&rest, digits: 4), skip(&rest, "-"), let month = number(&rest, digits: 2),
      skip(&rest, "-"), let day = number(&rest, digits: 2)
    else { return nil }
    var seconds = 0.0
    if skip(&rest, "T") || skip(&rest, " ") {
      guard let clock = clock(&rest) else { return nil }
      seconds = clock
    }
    guard rest.isEmpty, (1...12).contains(month), (1...days(in: month, year)).contains(day), year > 0 else { return nil }
    var raw = tm()
    raw.tm_year = Int32(year - 1900)
    raw.tm_mon = Int32(month - 1)
    raw.tm_mday = Int32(day)
    return Double(timegm(&raw)) + seconds
  }

  /// Seconds since midnight UTC.
  private static func clock(_ rest: inout Substring.UTF8View) -> Double? {
    guard let hour = number(&rest, digits: 2), skip(&rest, ":"), let minute = number(&rest, digits: 2) else { return nil }
    var seconds = 0.0
    if skip(&rest, ":") {
      guard let second = number(&rest, digits: 2), second < 61 else { return nil }
      seconds = Double(second)
      if skip(&rest, ".") {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count), let fraction = Double("0." + String(Substring(digits))) else { return nil }
        seconds += fraction
        rest = rest.dropFirst(digits.count)
      }
    }
    guard hour < 24, minute < 60, let offset = zone(&rest) else { return nil }
    return Double(hour * 3600 + minute * 60 - offset) + seconds
  }

  /// Seconds east of Greenwich.
  private static func zone(_ rest: inout Substring.UTF8View) -> Int? {
    if rest.isEmpty || skip(&rest, "Z") { return 0 }
    let sign = skip(&rest, "+") ? 1 : skip(&rest, "-") ? -1 : 0
    guard sign != 0, let hour = number(&rest, digits: 2), skip(&rest, ":"), let minute = number(&rest, digits: 2),
      hour < 24, minute < 60
    else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  private static func number(_ rest: inout Substring.UTF8View, digits: Int) -> Int? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(digits)
    return Int(String(Substring(text)))
  }

  private static func skip(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func days(in month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func pad(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
