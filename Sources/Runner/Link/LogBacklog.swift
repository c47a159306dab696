import CPlatform
import RunnerProtocol

/// Log records that wait for a host. Bounded: the oldest are dropped and counted.
struct LogBacklog {
  private static let recordsMax = 256
  private static let bytesMax = 512 * 1024

  private var records: [LogRecord] = []
  private var bytes = 0
  private var dropped = 0

  var count: Int { records.count }

  mutating func append(_ record: LogRecord) {
    records.append(record)
    bytes += record.message.utf8.count
    while records.count > Self.recordsMax || (bytes > Self.bytesMax && records.count > 1) {
      bytes -= records.removeFirst().message.utf8.count
      dropped += 1
    }
  }

  mutating func send(through link: HostLink) {
    if dropped > 0 {
      let message = "\(dropped) log records were dropped: nobody took them in time"
      let note = LogRecord(nanoseconds: platform_wall_clock(), level: .warning, source: .runner, message: message)
      link.send(.log) { note.write(to: &$0) }
    }
    for record in records { link.send(.log) { record.write(to: &$0) } }
    self = LogBacklog()
  }
}
