import EngineCore
import Queueing
import RunnerProtocol

/// Where a queued request is, as its caller is told.
enum QueueStatus {
  case waiting(position: Int)
  case running(logs: [LogRecord])
  case ended(QueueOutcome)

  var isEnded: Bool {
    switch self {
    case .ended: true
    case .waiting, .running: false
    }
  }

  var logCount: Int {
    switch self {
    case .waiting: 0
    case .running(let logs): logs.count
    case .ended(let outcome): outcome.logs.count
    }
  }

  /// 200 for what has ended and 202 for all else: some clients look at nothing else.
  var httpStatus: Int { isEnded ? 200 : 202 }

  /// fal's JSON.
  ///
  /// - Parameters:
  ///   - logs: whether they were asked for.
  ///   - skipped: log lines that the caller has already.
  func json(_ address: QueueAddress, logs: Bool, skipping skipped: Int = 0) -> [UInt8] {
    var json = JSONObject()
    switch self {
    case .waiting(let position):
      json.add("status", "IN_QUEUE")
      json.add("queue_position", raw: "\(position)")
    case .running(let records):
      json.add("status", "IN_PROGRESS")
      json.add("logs", raw: logs ? Self.json(records.dropFirst(skipped)) : Array("null".utf8))
    case .ended(let outcome):
      json.add("status", "COMPLETED")
      json.add("logs", raw: logs ? Self.json(outcome.logs.dropFirst(skipped)) : Array("null".utf8))
      json.add("metrics", raw: #"{"inference_time":\#(Self.seconds(outcome))}"#)
      if !outcome.isSuccess {
        json.add("error", "The request failed with status \(outcome.status)")
        if !outcome.errorType.isEmpty { json.add("error_type", outcome.errorType) }
      }
    }
    json.add(address)
    return json.bytes
  }

  /// Of the last attempt.
  private static func seconds(_ outcome: QueueOutcome) -> Double {
    guard let startedAt = outcome.startedAt else { return 0 }
    return max(0, Double((outcome.endedAt - startedAt).nanoseconds / 1000) / 1e6)
  }

  private static func json(_ records: ArraySlice<LogRecord>) -> [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "[")]
    for record in records {
      if output.count > 1 { output.append(UInt8(ascii: ",")) }
      var json = JSONObject()
      json.add("timestamp", Moment(nanoseconds: Int64(clamping: record.nanoseconds)).iso8601)
      json.add("level", record.level.falName)
      json.add("source", record.source.falName)
      json.add("message", record.message)
      json.add("labels", raw: "{}")
      output += json.bytes
    }
    output.append(UInt8(ascii: "]"))
    return output
  }
}

extension LogRecord.Level {
  fileprivate var falName: String {
    switch self {
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warning: "WARNING"
    case .error: "ERROR"
    }
  }
}

extension LogRecord.Source {
  fileprivate var falName: String {
    switch self {
    case .script: "USER"
    case .output: "STDOUT"
    case .errors: "STDERR"
    case .runner: "RUNNER"
    }
  }
}
