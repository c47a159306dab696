import EngineCore
import RunnerProtocol

/// The newest log records, for whoever asks after they have scrolled by.
struct LogTail: Sendable {
  struct Entry: Sendable, Hashable {
    var runner: RunnerID
    var record: LogRecord
  }

  /// Records that are kept.
  static let entriesMax = 1_000

  private(set) var entries: [Entry] = []

  mutating func append(_ runner: RunnerID, _ record: LogRecord) {
    // Dropping many at once keeps an append cheap.
    if entries.count >= Self.entriesMax * 2 { entries.removeFirst(entries.count - Self.entriesMax) }
    entries.append(Entry(runner: runner, record: record))
  }

  func last(_ count: Int) -> ArraySlice<Entry> { entries.suffix(min(max(0, count), Self.entriesMax)) }
}
