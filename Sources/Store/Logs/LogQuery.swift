public import EngineCore
public import RunnerProtocol

/// Which lines of a runner are wanted.
public struct LogQuery: Sendable, Hashable {
  /// Lines that one answer has at most.
  public static let lastMax = 10_000

  public var since: Moment?
  /// Lines of this very moment are not among them.
  public var until: Moment?
  /// A text that the message has in it, letter for letter.
  public var search: String?
  /// The newest so many; at most `lastMax`.
  public var last: Int

  public init(since: Moment? = nil, until: Moment? = nil, search: String? = nil, last: Int = 100) {
    self.since = since
    self.until = until
    self.search = search
    self.last = last
  }

  public func matches(_ record: LogRecord) -> Bool {
    if isBefore(record) { return false }
    if let until, record.nanoseconds >= UInt64(clamping: until.nanoseconds) { return false }
    guard let search, !search.isEmpty else { return true }
    return Self.contains(record.message, search)
  }

  func isBefore(_ record: LogRecord) -> Bool {
    guard let since else { return false }
    return record.nanoseconds < UInt64(clamping: since.nanoseconds)
  }

  /// On bytes: many times as fast as on characters, and the same for whole ones.
  private static func contains(_ text: String, _ part: String) -> Bool {
    var (text, part) = (text, part)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard let first = part.first, part.count <= text.count else { return part.isEmpty }
        let starts = 0...(text.count - part.count)
        return starts.contains { text[$0] == first && text[$0..<$0 + part.count].elementsEqual(part) }
      }
    }
  }
}
