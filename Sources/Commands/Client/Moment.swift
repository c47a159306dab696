import AppModel
import ArgumentParser
import FoundationEssentials

/// A point in time as a person gives it: `now`, `30m` ago, or ISO 8601.
enum Moment: Sendable, Hashable, ExpressibleByArgument {
  case ago(Duration)
  /// Seconds since 1970.
  case at(Double)

  init?(argument: String) {
    if argument == "now" {
      self = .ago(.zero)
    } else if let duration = Duration(text: argument) {
      self = .ago(duration)
    } else if let date = Self.date(argument) {
      self = .at(date.timeIntervalSince1970)
    } else {
      return nil
    }
  }

  /// Seconds since 1970, when it is `now`.
  func seconds(now: Double) -> Double {
    switch self {
    case .ago(let duration): now - duration.inSeconds
    case .at(let seconds): seconds
    }
  }

  /// Seconds since 1970; nil: it is no time.
  static func seconds(ofISO8601 text: String) -> Double? { date(text)?.timeIntervalSince1970 }

  /// With a date alone, and without a zone, in the zone of Greenwich.
  private static func date(_ text: String) -> Date? {
    let upper = text.uppercased()
    let whole = upper.contains("T") ? upper : upper + "T00:00:00"
    let hasZone = whole.hasSuffix("Z") || whole.dropFirst(11).contains { $0 == "+" || $0 == "-" }
    let zoned = hasZone ? whole : whole + "Z"
    let plain = Date.ISO8601FormatStyle()
    if let date = try? Date(zoned, strategy: plain) { return date }
    return try? Date(zoned, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  static let help = "now, 30m, 1h, or ISO 8601"
}

/// A duration on the command line: `90s`, `5m`, or a bare number of seconds, as fal takes it.
struct DurationArgument: Sendable, Hashable, ExpressibleByArgument {
  var duration: Duration

  init?(argument: String) {
    if let duration = Duration(text: argument) {
      self.duration = duration
    } else if let seconds = Double(argument), let duration = Duration(seconds: seconds) {
      self.duration = duration
    } else {
      return nil
    }
  }

  var inSeconds: InSeconds { InSeconds(wrappedValue: duration) }
}
