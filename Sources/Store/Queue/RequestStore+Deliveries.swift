public import EngineCore
import GRDB
public import Queueing

/// A webhook that is to be delivered.
public struct QueueDelivery: Sendable, Hashable {
  public var request: QueuedRequest
  /// `WebhookTarget.name`: deliveries to the same server have the same.
  public var target: String
  /// Attempts before this one.
  public var attempts: Int
  public var nextAt: Moment
  public var isDead: Bool
  /// Why the last attempt failed.
  public var problem: String?
}

/// What the outbox has for whoever delivers.
public struct DueDeliveries: Sendable, Hashable {
  /// The one of each server that has waited longest comes first.
  public var deliveries: [QueueDelivery]
  /// When the next of those comes due that are not yet.
  public var next: Moment?
}

extension RequestStore {
  public func change(
    _ change: DeliveryChange, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void
  ) {
    add(.delivery(change), then: then)
  }

  /// Those that are due, of so many servers at most and so many of each: a server that does not answer has thousands waiting
  /// before long, and must not hide what is due for others.
  ///
  /// - Parameter skipping: servers of which nothing is wanted.
  public func dueDeliveries(
    at now: Moment, targets: Int, ofEach: Int, skipping: Set<String> = [],
    then: @escaping @Sendable (Result<DueDeliveries, QueueFailure>) -> Void
  ) {
    read("webhooks", { try Self.due(at: now, targets, ofEach, skipping, $0) }, then: then)
  }

  /// Those that are still tried, of one user or of all; first those that are due first.
  public func deliveries(
    of user: String? = nil, first count: Int, then: @escaping @Sendable (Result<[QueueDelivery], QueueFailure>) -> Void
  ) {
    read(
      "webhooks", { try Self.deliveries("is_dead = 0 AND \(Self.isUsers) ORDER BY next_at LIMIT ?", [user, user, count], $0) },
      then: then)
  }

  /// Those that nobody tries any more, the newest first.
  public func deadDeliveries(
    of user: String? = nil, first count: Int, then: @escaping @Sendable (Result<[QueueDelivery], QueueFailure>) -> Void
  ) {
    read(
      "webhooks",
      { try Self.deliveries("is_dead = 1 AND \(Self.isUsers) ORDER BY sequence DESC LIMIT ?", [user, user, count], $0) },
      then: then)
  }

  private static let isUsers =
    "(? IS NULL OR (SELECT user FROM requests WHERE requests.sequence = deliveries.sequence) = ?)"

  /// As `ended`, which notes that the caller has seen the result, where it is not kept longer than that.
  ///
  /// - Parameter bodyBytesMax: of a larger body, only so many bytes are read.
  public func outcome(of id: String, bodyBytesMax: Int, then: @escaping @Sendable (Result<QueueOutcome?, QueueFailure>) -> Void) {
    read("a result", { try self.found(id, bodyBytesMax: bodyBytesMax, cutsBody: true, $0)?.ended.outcome }, then: then)
  }

  /// Goes from one server to the next in the index, so that it takes as long as there are servers.
  private static let dueTargets = """
    WITH RECURSIVE targets(target) AS (
      SELECT min(target) FROM deliveries WHERE is_dead = 0
      UNION ALL
      SELECT (SELECT min(target) FROM deliveries WHERE is_dead = 0 AND target > targets.target)
      FROM targets WHERE targets.target IS NOT NULL)
    SELECT target, (SELECT min(next_at) FROM deliveries WHERE is_dead = 0 AND target = targets.target) AS first
    FROM targets WHERE target IS NOT NULL AND first <= ? ORDER BY first
    """

  private static func due(
    at now: Moment, _ targets: Int, _ ofEach: Int, _ skipping: Set<String>, _ database: Database
  ) throws -> DueDeliveries {
    var names: [String] = []
    let rows = try Row.fetchCursor(database.cachedStatement(sql: dueTargets), arguments: [now.nanoseconds])
    while names.count < targets, let row = try rows.next() {
      let name: String = row[0]
      if !skipping.contains(name) { names.append(name) }
    }
    let deliveries = try names.flatMap { name in
      try Self.deliveries(
        "is_dead = 0 AND target = ? AND next_at <= ? ORDER BY next_at LIMIT ?", [name, now.nanoseconds, ofEach], database)
    }
    let next = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT min(next_at) FROM deliveries WHERE is_dead = 0 AND next_at > ?"),
      arguments: [now.nanoseconds])
    return DueDeliveries(deliveries: deliveries, next: QueueRow.moment(next))
  }

  private static func deliveries(
    _ condition: String, _ arguments: StatementArguments, _ database: Database
  ) throws -> [QueueDelivery] {
    let found = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT sequence, target, attempts, next_at, is_dead, problem FROM deliveries WHERE \(condition)"),
      arguments: arguments)
    let requests = try database.cachedStatement(sql: QueueRow.selection + " WHERE sequence = ?")
    return try found.compactMap { row in
      guard let request = try Row.fetchOne(requests, arguments: [row[0] as Int64]) else { return nil }
      return QueueDelivery(
        request: try QueueRow.request(request), target: row[1], attempts: row[2], nextAt: Moment(nanoseconds: row[3]),
        isDead: row[4], problem: row[5])
    }
  }

  func apply(_ change: DeliveryChange, _ database: Database, _ after: inout Aftermath) throws -> QueueWritten {
    func run(_ sql: String, _ arguments: StatementArguments) throws -> QueueWritten {
      let found = "WHERE is_dead = 0 AND sequence = (SELECT sequence FROM requests WHERE id = ?)"
      try database.cachedStatement(sql: "\(sql) \(found)").execute(arguments: arguments)
      return database.changesCount == 1 ? .done : .unknown
    }
    switch change {
    case .delivered(let id, let moment):
      // Where the result is not kept, its caller has had it.
      let seen = "UPDATE requests SET seen_at = ? WHERE id = ? AND seen_at IS NULL AND flags & \(QueueRow.keptFlag) = 0"
      try database.cachedStatement(sql: seen).execute(arguments: [moment.nanoseconds, id])
      return try run("DELETE FROM deliveries", [id])
    case .failed(let id, let attempts, let problem, let next):
      return try run("UPDATE deliveries SET attempts = ?, problem = ?, next_at = ?", [attempts, problem, next.nanoseconds, id])
    case .dead(let id, let attempts, let problem):
      return try run("UPDATE deliveries SET attempts = ?, problem = ?, is_dead = 1", [attempts, problem, id])
    case .revived(let id, let user, let moment):
      return try revive("sequence = (SELECT sequence FROM requests WHERE id = ?)", [id], user, moment, database, &after)
    case .revivedAll(let user, let moment): return try revive("true", [], user, moment, database, &after)
    }
  }

  private func revive(
    _ which: String, _ arguments: StatementArguments, _ user: String?, _ moment: Moment, _ database: Database,
    _ after: inout Aftermath
  ) throws -> QueueWritten {
    try database.execute(
      sql: """
        UPDATE deliveries SET attempts = 0, is_dead = 0, next_at = ? WHERE is_dead = 1 AND \(which) AND \(Self.isUsers)
        """, arguments: [moment.nanoseconds] + arguments + [user, user])
    guard database.changesCount > 0 else { return .unknown }
    after.hasDelivery = true
    return .done
  }
}
