import EngineCore
import FoundationEssentials
import GRDB
import Queueing

extension RequestStore {
  /// What a transaction is followed by, when it is committed.
  struct Aftermath {
    /// Files that no row names any more.
    var files: [String] = []
    var hasDelivery = false
  }

  /// Names of files that wait for another try to be removed; what is beyond is swept when the queue is opened next.
  private static let unremovedMax = 10_000

  /// Writes all of `items`, or none. Runs on the writer's thread.
  func commit(_ items: [QueueIntake.Item]) -> [Result<QueueWritten, QueueFailure>] {
    var written: [QueueWritten] = []
    var after = Aftermath()
    do throws(StoreError) {
      try transaction("the queue", synced: items.contains { $0.work.isSynced }) { database in
        for item in items {
          let result = try write(item.work, item.body, database, &after)
          if result != .done, let file = item.body?.file { after.files.append(file) }
          written.append(result)
        }
      }
    } catch {
      // Any other failure may be that of a commit which a recovery of the database would bring back: then its files have to
      // be there, and are swept when the queue is opened if it does not.
      if error.code == "disk-full" { discard(items.compactMap { $0.body?.file }) }
      let failure = QueueFailure(error)
      return items.map { _ in .failure(failure) }
    }
    discard(after.files)
    if after.hasDelivery, let call = onDelivery.withLock({ $0 }) { call() }
    return written.map { .success($0) }
  }

  /// Removes files of bodies; what cannot be removed is tried again by the next `prune`.
  func discard(_ names: [String]) {
    for name in names {
      do throws(StoreError) {
        try bodies.remove(name)
      } catch {
        unremoved.withLock { if $0.count < Self.unremovedMax { $0.append(name) } }
      }
    }
  }

  private func write(
    _ work: QueueIntake.Work, _ body: QueueBodies.Kept?, _ database: Database, _ after: inout Aftermath
  ) throws -> QueueWritten {
    switch work {
    case .request(.submitted(let request, _)): try submit(request, body, database)
    case .request(.started(let id, let attempt, let runner, let moment)):
      try update(
        "attempts = ?, runner = ?, started_at = ?, not_before = NULL", [attempt, runner.text, moment.nanoseconds], id, database)
    case .request(.requeued(let id, let moment)):
      try update("not_before = ?", [moment.nanoseconds], id, database)
    case .request(.ended(let id, let outcome)): try end(id, outcome, body, database, &after)
    case .seen(let sequence, let moment): try see(sequence, moment, database)
    case .delivery(let change): try apply(change, database, &after)
    }
  }

  private func submit(_ request: QueuedRequest, _ body: QueueBodies.Kept?, _ database: Database) throws -> QueueWritten {
    let insertion = try database.cachedStatement(sql: QueueRow.insertion)
    try insertion.execute(arguments: try QueueRow.arguments(request))
    guard database.changesCount == 1 else { return .existing(id: try Self.existing(request, database)) }
    let bodyInsertion = try database.cachedStatement(sql: "INSERT INTO bodies (sequence, bytes, file) VALUES (?, ?, ?)")
    try bodyInsertion.execute(arguments: [database.lastInsertedRowID, body?.row, body?.file])
    return .done
  }

  /// Another with the same key; or else this one, which was written before.
  private static func existing(_ request: QueuedRequest, _ database: Database) throws -> String {
    guard let key = request.idempotencyKey else { return request.id }
    let selection = try database.cachedStatement(
      sql: """
        SELECT id FROM requests
        WHERE idempotency_key = ? AND user = ? AND owner = ? AND name = ? AND environment = ?
        """)
    return try String.fetchOne(
      selection,
      arguments: [key, request.caller.id, request.app.owner, request.app.name, request.app.environment]) ?? request.id
  }

  private func update(
    _ assignments: String, _ values: StatementArguments, _ id: String, _ database: Database
  ) throws -> QueueWritten {
    let update = try database.cachedStatement(sql: "UPDATE requests SET \(assignments) WHERE id = ? AND ended_at IS NULL")
    try update.execute(arguments: values + [id])
    return database.changesCount == 1 ? .done : try Self.whyNot(id, database)
  }

  private static func whyNot(_ id: String, _ database: Database) throws -> QueueWritten {
    let selection = try database.cachedStatement(sql: "SELECT 1 FROM requests WHERE id = ?")
    return try Row.fetchOne(selection, arguments: [id]) == nil ? .unknown : .alreadyEnded
  }

  private func end(
    _ id: String, _ outcome: QueueOutcome, _ body: QueueBodies.Kept?, _ database: Database, _ after: inout Aftermath
  ) throws -> QueueWritten {
    let logs = QueueRow.logs(outcome.logs)
    let size = outcome.body.count + (logs?.count ?? 0)
    let update = try database.cachedStatement(
      sql: """
        UPDATE requests SET ended_at = ?, size = ? WHERE id = ? AND ended_at IS NULL RETURNING sequence, webhook
        """)
    guard let row = try Row.fetchOne(update, arguments: [outcome.endedAt.nanoseconds, size, id]) else {
      return try Self.whyNot(id, database)
    }
    let sequence: Int64 = row[0]
    let insertion = try database.cachedStatement(
      sql: """
        INSERT INTO outcomes (sequence, status, error_type, headers, started_at, runner, attempts, logs, bytes, file)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try insertion.execute(arguments: [
      sequence, outcome.status, outcome.errorType, Data(PackedHeaders(outcome.headers).bytes), outcome.startedAt?.nanoseconds,
      outcome.runner?.text, outcome.attempts, logs, body?.row, body?.file,
    ])
    // Nobody asks for the body of a request that has ended.
    let removal = try database.cachedStatement(sql: "DELETE FROM bodies WHERE sequence = ? RETURNING file")
    if let file = try Row.fetchOne(removal, arguments: [sequence])?[0] as String? { after.files.append(file) }
    if let webhook: String = row[1] {
      let delivery = try database.cachedStatement(sql: "INSERT INTO deliveries (sequence, target, next_at) VALUES (?, ?, ?)")
      try delivery.execute(arguments: [sequence, WebhookTarget.name(of: webhook), outcome.endedAt.nanoseconds])
      after.hasDelivery = true
    }
    return .done
  }

  private func see(_ sequence: Int64, _ moment: Moment, _ database: Database) throws -> QueueWritten {
    let update = try database.cachedStatement(sql: "UPDATE requests SET seen_at = ? WHERE sequence = ? AND seen_at IS NULL")
    try update.execute(arguments: [moment.nanoseconds, sequence])
    return .done
  }
}
