import AppModel
import EngineCore
import FoundationEssentials
import GRDB
import Queueing
import RunnerProtocol

/// How a request is written in its row, and read from it.
enum QueueRow {
  private enum Flag {
    static let low = 1
    static let limitIsCallers = 2
    static let isKept = 4
  }

  static var keptFlag: Int { Flag.isKept }

  static let insertion = """
    INSERT OR IGNORE INTO requests (
      id, owner, name, environment, user, key, path, headers, flags, submitted_at, start_by, retries, webhook,
      idempotency_key, hint)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  static let selection = """
    SELECT sequence, id, owner, name, environment, user, key, path, headers, flags, submitted_at, start_by, retries, webhook,
      idempotency_key, hint, attempts, not_before FROM requests
    """

  static func arguments(_ request: QueuedRequest) throws -> StatementArguments {
    var flags = request.priority == .low ? Flag.low : 0
    if request.startLimitIsCallers { flags |= Flag.limitIsCallers }
    if request.isKept { flags |= Flag.isKept }
    let retries = try request.retries.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    return [
      request.id, request.app.owner, request.app.name, request.app.environment, request.caller.id, request.caller.key,
      request.path, Data(request.packedHeaders.bytes), flags, request.submittedAt.nanoseconds, request.startBy?.nanoseconds,
      retries, request.webhook, request.idempotencyKey, request.hint,
    ]
  }

  static func request(_ row: Row) throws -> QueuedRequest {
    let app = AppID(owner: row[2], name: row[3], environment: row[4])
    let flags: Int = row[9]
    var request = QueuedRequest(
      id: row[1], app: app, path: row[7], caller: Caller(id: row[5], key: row[6]),
      submittedAt: Moment(nanoseconds: row[10]))
    request.packedHeaders = try headers(row[8])
    request.priority = flags & Flag.low == 0 ? .normal : .low
    request.startLimitIsCallers = flags & Flag.limitIsCallers != 0
    request.isKept = flags & Flag.isKept != 0
    request.startBy = moment(row[11])
    if let retries: String = row[12] {
      request.retries = try JSONDecoder().decode(RetryPolicy.self, from: Data(retries.utf8))
    }
    request.webhook = row[13]
    request.idempotencyKey = row[14]
    request.hint = row[15]
    return request
  }

  static func pending(_ row: Row) throws -> PendingRequest {
    PendingRequest(sequence: row[0], request: try request(row), attempts: row[16], notBefore: moment(row[17]))
  }

  static func headers(_ data: Data) throws -> PackedHeaders { try PackedHeaders(bytes: Array(data)) }

  static func moment(_ nanoseconds: Int64?) -> Moment? { nanoseconds.map { Moment(nanoseconds: $0) } }

  /// Each line behind its length; nil where there is none.
  static func logs(_ records: [LogRecord]) -> Data? {
    guard !records.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for record in records {
      var line: [UInt8] = []
      record.write(to: &line)
      bytes.append(integer: UInt32(line.count))
      bytes += line
    }
    return Data(bytes)
  }

  static func logs(_ data: Data?) throws -> [LogRecord] {
    guard let data else { return [] }
    return try data.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      var records: [LogRecord] = []
      while reader.remaining > 0 {
        var line = ByteReader(try reader.bytes(Int(try reader.integer(UInt32.self))))
        records.append(try LogRecord(from: &line))
      }
      return records
    }
  }
}
