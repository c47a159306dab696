import AppModel
import FoundationEssentials

/// Times as tables show them.
struct TimeText: Sendable, Hashable {
  var secondsFromGMT: Int

  init(secondsFromGMT: Int = TimeZone.current.secondsFromGMT()) { self.secondsFromGMT = secondsFromGMT }

  /// `2026-11-25 01:02:03`, in the zone of this machine. `seconds` since 1970.
  func moment(_ seconds: Double) -> String {
    let style = Date.ISO8601FormatStyle(
      dateTimeSeparator: .space, timeZone: TimeZone(secondsFromGMT: secondsFromGMT) ?? .gmt)
    let text = Date(timeIntervalSince1970: seconds).formatted(style)
    return String(text.prefix(19))
  }

  /// `3m12s`; whole seconds, and parts of them only below ten.
  static func span(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds > 0, seconds < Duration.textMax.inSeconds else { return "0s" }
    guard seconds < 10 else { return Duration.seconds(Int(seconds)).text }
    let tenths = (seconds * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))s" : "\(tenths)s"
  }

  static func now() -> Double { Date().timeIntervalSince1970 }
}
