import EngineCore
import FoundationEssentials
import GRDB
import Queueing

extension RequestStore {
  /// One item of a commit, with what was prepared for it.
  private struct Prepared {
    var item: QueueIntake.Item
    var body: QueueBodies.Kept?
    var result: Result<QueueWritten, QueueFailure> = .success(.done)
  }

  /// Files that a transaction makes useless, when it is committed.
  struct Leftovers {
    var files: [String] = []
    var hasDelivery = false
  }

  func commit(_ items: [QueueIntake.Item]) {
    var prepared = items.map(prepare)
    var made = prepared.compactMap { $0.body?.file }
    var leftovers = Leftovers()
    do throws(StoreError) {
      if !made.isEmpty { try bodies.sync() }
      try transaction("the queue", synced: items.contains { $0.work.isSynced }) { database in
        for index in prepared.indices {
          guard case .success = prepared[index].result else { continue }
          let written = try write(prepared[index].item.work, prepared[index].body, database, &leftovers)
          if written != .done, let file = prepared[index].body?.file { leftovers.files.append(file) }
          prepared[index].result = .success(written)
        }
      }
      made = leftovers.files
      if leftovers.hasDelivery { onDelivery.withLock { $0 }?() }
    } catch {
      let failure = QueueFailure(error)
      for index in prepared.indices {
        if case .success = prepared[index].result { prepared[index].result = .failure(failure) }
      }
    }
    // What cannot be removed now is swept when the queue is opened next.
    try? bodies.remove(made)
    for entry in prepared { entry.item.then(entry.result) }
  }

  /// A body that does not fit on the disk fails alone, and not with all that came beside it.
  private func prepare(_ item: QueueIntake.Item) -> Prepared {
    var prepared = Prepared(item: item)
    do throws(StoreError) {
      switch item.work {
      case .request(.submitted(_, let body)): prepared.body = try bodies.keep(body)
      case .request(.ended(_, let outcome)): prepared.body = try bodies.keep(outcome.body)
      case .request(.started), .request(.requeued), .seen, .delivery: break
      }
    } catch {
      prepared.result = .failure(QueueFailure(error))
    }
    return prepared
  }

  private func write(
    _ work: QueueIntake.Work, _ body: QueueBodies.Kept?, _ database: Database, _ leftovers: inout Leftovers
  ) throws -> QueueWritten {
    switch work {
    case .request(.submitted(let request, _)): try submit(request, body, database)
    case .request(.started(let id, let attempt, let runner, let moment)):
      try update(
        "attempts = ?, runner = ?, started_at = ?, not_before = NULL", [attempt, runner.text, moment.nanoseconds], id, database)
    case .request(.requeued(let id, let moment)):
      try update("not_before = ?", [moment.nanoseconds], id, database)
    case .request(.ended(let id, let outcome)): try end(id, outcome, body, database, &leftovers)
    case .seen(let sequence): try see(sequence, database)
    case .delivery(let change): try apply(change, database, &leftovers)
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
    _ id: String, _ outcome: QueueOutcome, _ body: QueueBodies.Kept?, _ database: Database, _ leftovers: inout Leftovers
  ) throws -> QueueWritten {
    let logs = QueueRow.logs(outcome.logs)
    let size = outcome.body.count + (logs?.count ?? 0)
    let update = try database.cachedStatement(
      sql: """
        UPDATE requests SET ended_at = ?, size = ? WHERE id = ? AND ended_at IS NULL RETURNING sequence, webhook IS NOT NULL
        """)
    guard let row = try Row.fetchOne(update, arguments: [outcome.endedAt.nanoseconds, size, id]) else {
      return try Self.whyNot(id, database)
    }
    let sequence: Int64 = row[0]
    let insertion = try database.cachedStatement(
      sql: """
        INSERT INTO outcomes (sequence, status, error_type, head, started_at, runner, attempts, logs, bytes, file)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try insertion.execute(arguments: [
      sequence, outcome.status, outcome.errorType, QueueRow.head("", outcome.headers), outcome.startedAt?.nanoseconds,
      outcome.runner?.text, outcome.attempts, logs, body?.row, body?.file,
    ])
    // Nobody asks for the body of a request that has ended.
    let removal = try database.cachedStatement(sql: "DELETE FROM bodies WHERE sequence = ? RETURNING file")
    if let file = try Row.fetchOne(removal, arguments: [sequence])?[0] as String? { leftovers.files.append(file) }
    if row[1] {
      let delivery = try database.cachedStatement(sql: "INSERT INTO deliveries (sequence, next_at) VALUES (?, ?)")
      try delivery.execute(arguments: [sequence, outcome.endedAt.nanoseconds])
      leftovers.hasDelivery = true
    }
    return .done
  }

  private func see(_ sequence: Int64, _ database: Database) throws -> QueueWritten {
    let update = try database.cachedStatement(
      sql: "UPDATE requests SET seen_at = CAST(unixepoch('subsec') * 1e9 AS INTEGER) WHERE sequence = ? AND seen_at IS NULL")
    try update.execute(arguments: [sequence])
    return .done
  }
}
