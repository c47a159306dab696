import EngineCore
import RunnerProtocol

/// Lines that wait for the writer.
struct PendingLines {
  /// What a line costs in memory besides its message.
  private static let recordBytes = 96

  struct Lines {
    var records: [LogRecord] = []
    var bytes = 0
    /// Came after `records`, when there was no more room.
    var dropped = 0
  }

  private(set) var lines: [RunnerID: Lines] = [:]
  private var bytes = 0
  private var isScheduled = false

  /// - Returns: whether the writer has to be woken.
  mutating func add(_ record: LogRecord, of runner: RunnerID, _ limits: LogLimits) -> Bool {
    let size = record.message.utf8.count + Self.recordBytes
    let total = bytes + size
    var added = false
    lines[runner, default: Lines()].update { lines in
      // Once one is dropped the next ones are too: what is kept has no hole but the one at its end.
      guard lines.dropped == 0, total <= limits.pendingBytesMax, lines.bytes + size <= limits.runnerPendingBytesMax else {
        lines.dropped += 1
        return
      }
      lines.records.append(record)
      lines.bytes += size
      added = true
    }
    if added { bytes = total }
    defer { isScheduled = true }
    return !isScheduled
  }

  /// All that waits.
  mutating func take() -> [RunnerID: Lines] {
    bytes = 0
    defer { lines = [:] }
    return lines
  }

  /// Whether the writer has to go on; otherwise the next line wakes it again.
  mutating func continues() -> Bool {
    isScheduled = !lines.isEmpty
    return isScheduled
  }
}

extension PendingLines.Lines {
  /// Changes it in place: in a dictionary, a copy of the records would be made otherwise.
  mutating func update(_ body: (inout Self) -> Void) { body(&self) }
}
