public import RunnerProtocol

/// Formats what apps and runners log, one record a line; further lines of a message are indented.
public struct LogPrinter: Sendable {
  /// Characters of a runner's and a request's id that are shown: enough to tell those of one app apart.
  static let idLength = 8

  private let style: Style
  private let secondsFromGMT: Int

  /// Times are shown `secondsFromGMT` east of Greenwich.
  public init(style: Style, secondsFromGMT: Int) {
    self.style = style
    self.secondsFromGMT = secondsFromGMT
  }

  /// `12:34:56.789 warn  3f2a91c0 req 7d1e0a44  message`
  public func format(_ record: LogRecord, runner: String) -> String {
    var head = style.paint(time(record.nanoseconds), .dim) + " " + level(record.level)
    var width = 18
    let runner = Self.short(runner)
    if !runner.isEmpty {
      head += " " + style.paint(runner, .dim)
      width += 1 + DisplayWidth.of(runner)
    }
    if !record.requestID.isEmpty {
      let request = "req " + Self.short(record.requestID)
      head += " " + style.paint(request, .dim)
      width += 1 + DisplayWidth.of(request)
    }
    let lines = PlainText.lines(record.message).map { PlainText.escaped($0) }
    let indent = "\n" + String(repeating: " ", count: width + 2)
    return head + "  " + lines.joined(separator: indent)
  }

  private static func short(_ id: String) -> String { PlainText.escaped(id.prefix(idLength)) }

  private func level(_ level: LogRecord.Level) -> String {
    switch level {
    case .debug: style.paint("debug", .dim)
    case .info: style.paint("info ", .green)
    case .warning: style.paint("warn ", .yellow)
    case .error: style.paint("error", .red)
    }
  }

  private func time(_ nanoseconds: UInt64) -> String {
    let milliseconds = Int64(clamping: nanoseconds / 1_000_000) + Int64(secondsFromGMT) * 1000
    let ofDay = (milliseconds % 86_400_000 + 86_400_000) % 86_400_000
    func padded(_ value: Int64, _ digits: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let seconds = ofDay / 1000
    return padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "."
      + padded(ofDay % 1000, 3)
  }
}
