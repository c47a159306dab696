import RunnerProtocol

/// Somebody who waits for a runner's next lines.
struct LogFollower {
  /// Lines that wait for one who is slow, after those that were there before.
  static let linesMax = 1024

  let continuation: AsyncStream<LogRecord>.Continuation
  let query: LogQuery
  private var dropped = 0

  init(_ continuation: AsyncStream<LogRecord>.Continuation, _ query: LogQuery) {
    self.continuation = continuation
    self.query = query
  }

  mutating func send(_ record: LogRecord) {
    guard query.matches(record) else { return }
    if dropped > 0 {
      guard case .enqueued = continuation.yield(.dropped(dropped, at: record.nanoseconds)) else {
        dropped += 1
        return
      }
      dropped = 0
    }
    if case .dropped = continuation.yield(record) { dropped += 1 }
  }
}

extension LogRecord {
  /// Stands where lines are missing.
  static func dropped(_ count: Int, at nanoseconds: UInt64) -> LogRecord {
    LogRecord(
      nanoseconds: nanoseconds, level: .warning, source: .runner,
      message: "\(count) \(count == 1 ? "line was" : "lines were") dropped: more came than could be written")
  }
}
