import FoundationEssentials
import Glibc
import Logging

/// Writes what the server has to say to standard error, one line each: time, level, message, and `name=value`.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// One that tells what is of `level` or above; nil: nothing.
  static func make(_ level: ServerSetup.LogLevel?) -> any LogHandler {
    guard let level else { return SwiftLogNoOpLogHandler() }
    var handler = LineLogHandler()
    handler.logLevel =
      switch level {
      case .debug: .debug
      case .info: .info
      case .warning: .warning
      case .error: .error
      }
    return handler
  }

  func log(event: LogEvent) {
    var all = metadata.merging(event.metadata ?? [:]) { _, own in own }
    if let error = event.error { all["error"] = "\(error)" }
    var text = "\(Date().formatted(.iso8601)) \(event.level.rawValue) \(event.message)"
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(name)=\(Self.shown("\(value)"))" }
    // One call, so that lines of two threads do not mix.
    let bytes = Array((Self.onOneLine(text) + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private static func shown(_ text: String) -> String {
    text.contains(where: \.isWhitespace) ? "\"\(text)\"" : text
  }

  /// What an app made up must not look like a line of its own.
  private static func onOneLine(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}
