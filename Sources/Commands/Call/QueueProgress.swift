import FoundationEssentials
import RunnerProtocol

/// What is known of a queued request so far, for whoever follows it.
struct QueueProgress: Sendable, Hashable {
  /// `ada/words`
  let app: String
  private(set) var status: QueueStatus?
  /// Of the request's logs, which a stream gives in pieces and a status as a whole.
  private var logsShown = 0
  private var logsGiven = 0

  init(app: String) { self.app = app }

  /// A status or a stream of them begins to give the logs from the first one on.
  mutating func restart() { logsGiven = 0 }

  /// The logs that are new.
  mutating func take(_ status: QueueStatus) -> [LogRecord] {
    self.status = status
    var new: [LogRecord] = []
    for log in status.logs ?? [] {
      logsGiven += 1
      guard logsGiven > logsShown else { continue }
      logsShown = logsGiven
      new.append(LogRecord(log))
    }
    return new
  }

  /// What goes on now.
  var phase: String {
    switch status?.phase {
    case nil: "\(app): submitted"
    case .waiting: "\(app): in the queue\(status?.position.map(Self.place) ?? "")"
    case .running: "\(app): in progress"
    case .completed: "\(app): \(status?.error == nil ? "completed" : "failed")"
    }
  }

  private static func place(_ position: Int) -> String {
    switch position {
    case 0: ", next"
    case 1: ", 1 before it"
    default: ", \(position) before it"
    }
  }
}

extension LogRecord {
  /// As far as printing goes. A time that is not understood is none.
  init(_ log: QueueStatus.Log) {
    let level = Level.allCases.first { "\($0)" == log.level?.lowercased() } ?? .info
    let seconds = Commands.Moment.seconds(ofISO8601: log.timestamp) ?? 0
    let nanoseconds = seconds > 0 && seconds < 1.8e10 ? UInt64(seconds * 1e9) : 0
    self.init(nanoseconds: nanoseconds, level: level, source: .script, requestID: "", message: log.message)
  }
}
