import AppModel
import EngineCore
import FoundationEssentials
import GRDB
public import Queueing

extension RequestStore: QueueStorage {
  public func write(_ write: QueueWrite, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void) {
    add(.request(write), then: then)
  }

  public func body(of id: String, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void) {
    read(
      "a request",
      { [bodies] database in
        let selection = try database.cachedStatement(
          sql: "SELECT bytes, file FROM bodies WHERE sequence = (SELECT sequence FROM requests WHERE id = ?)")
        guard let row = try Row.fetchOne(selection, arguments: [id]) else { return nil }
        return try bodies.read(row[0], row[1])
      }, then: then)
  }

  public func ended(
    _ id: String, bodyMax: Int, then: @escaping @Sendable (Result<EndedRequest?, QueueFailure>) -> Void
  ) {
    read("a result", { database in try self.found(id, bodyBytesMax: bodyMax, cutsBody: false, database) }) { result in
      if bodyMax > 0, case .success(let found?) = result, !found.ended.request.isKept {
        // Where this is refused, the next reader notes it, or the age limit has it go.
        self.add(.seen(found.sequence, at: self.now()), then: { _ in })
      }
      then(result.map { $0?.ended })
    }
  }

  public func pending() throws(QueueFailure) -> [PendingRequest] {
    do throws(StoreError) {
      return try attempt("the queue") {
        try pool.read { database in
          let rows = try Row.fetchCursor(
            database, sql: QueueRow.selection + " INDEXED BY requests_pending WHERE ended_at IS NULL ORDER BY sequence")
          var found: [PendingRequest] = []
          // A long queue is of few apps and callers, whose names it has once.
          var (apps, callers): (Set<AppID>, Set<Caller>) = ([], [])
          while let row = try rows.next() {
            var pending = try QueueRow.pending(row)
            pending.request.app = apps.insert(pending.request.app).memberAfterInsert
            pending.request.caller = callers.insert(pending.request.caller).memberAfterInsert
            found.append(pending)
          }
          return found
        }
      }
    } catch {
      throw QueueFailure(error)
    }
  }

  public func part(
    ofBody id: String, from offset: Int, count: Int, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void
  ) {
    read(
      "a result",
      { [bodies] database in
        let selection = try database.cachedStatement(
          sql: "SELECT bytes, file FROM outcomes WHERE sequence = (SELECT sequence FROM requests WHERE id = ?)")
        guard let row = try Row.fetchOne(selection, arguments: [id]) else { return nil }
        return try bodies.read(row[0], row[1], from: offset, count: count)
      }, then: then)
  }

  func found(
    _ id: String, bodyBytesMax: Int, cutsBody: Bool, _ database: Database
  ) throws -> (sequence: Int64, ended: EndedRequest)? {
    let requests = try database.cachedStatement(sql: QueueRow.selection + " WHERE id = ? AND ended_at IS NOT NULL")
    guard let row = try Row.fetchOne(requests, arguments: [id]) else { return nil }
    let sequence: Int64 = row[0]
    guard let (outcome, size) = try outcome(sequence, bodyBytesMax, cutsBody: cutsBody, database) else { return nil }
    return (sequence, EndedRequest(request: try QueueRow.request(row), outcome: outcome, bodySize: size))
  }

  /// - Parameter cutsBody: whether a body that is too large is cut, or left out.
  private func outcome(
    _ sequence: Int64, _ bodyBytesMax: Int, cutsBody: Bool, _ database: Database
  ) throws -> (outcome: QueueOutcome, bodySize: Int)? {
    let outcomes = try database.cachedStatement(
      sql: """
        SELECT status, error_type, outcomes.headers, outcomes.started_at, outcomes.runner, outcomes.attempts, logs, bytes, file,
          ended_at
        FROM outcomes JOIN requests USING (sequence) WHERE sequence = ?
        """)
    guard let row = try Row.fetchOne(outcomes, arguments: [sequence]) else { return nil }
    guard let size = try bodies.size(row[7], row[8]),
      let body = size <= bodyBytesMax || cutsBody ? try bodies.read(row[7], row[8], bytesMax: bodyBytesMax) : []
    else { return nil }
    var outcome = QueueOutcome(
      status: row[0], errorType: row[1], headers: try QueueRow.headers(row[2]).headers, body: body,
      endedAt: Moment(nanoseconds: row[9]))
    outcome.startedAt = QueueRow.moment(row[3])
    outcome.runner = (row[4] as String?).map { RunnerID($0) }
    outcome.attempts = row[5]
    outcome.logs = try QueueRow.logs(row[6])
    return (outcome, size)
  }
}
