public import EngineCore
import GRDB
public import Queueing

/// A webhook that is to be delivered.
public struct QueueDelivery: Sendable, Hashable {
  public var request: QueuedRequest
  /// Attempts before this one.
  public var attempts: Int
  public var nextAt: Moment
  public var isDead: Bool
  /// Why the last attempt failed.
  public var problem: String?
}

extension RequestStore {
  public func change(
    _ change: DeliveryChange, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void
  ) {
    add(QueueIntake.Item(work: .delivery(change), then: then))
  }

  /// What is due first, whether it is due yet or not; without the dead.
  public func deliveries(
    first count: Int, then: @escaping @Sendable (Result<[QueueDelivery], QueueFailure>) -> Void
  ) {
    deliveries("is_dead = 0 ORDER BY next_at", count, then)
  }

  /// Those that nobody tries any more, the newest first.
  public func deadDeliveries(
    first count: Int, then: @escaping @Sendable (Result<[QueueDelivery], QueueFailure>) -> Void
  ) {
    deliveries("is_dead = 1 ORDER BY sequence DESC", count, then)
  }

  private func deliveries(
    _ condition: String, _ count: Int, _ then: @escaping @Sendable (Result<[QueueDelivery], QueueFailure>) -> Void
  ) {
    read(
      "webhooks",
      { database in
        let found = try Row.fetchAll(
          database.cachedStatement(
            sql: "SELECT sequence, attempts, next_at, is_dead, problem FROM deliveries WHERE \(condition) LIMIT ?"),
          arguments: [count])
        let requests = try database.cachedStatement(sql: QueueRow.selection + " WHERE sequence = ?")
        return try found.compactMap { row in
          guard let request = try Row.fetchOne(requests, arguments: [row[0] as Int64]) else { return nil }
          return QueueDelivery(
            request: try QueueRow.request(request), attempts: row[1], nextAt: Moment(nanoseconds: row[2]), isDead: row[3],
            problem: row[4])
        }
      }, then: then)
  }

  func apply(_ change: DeliveryChange, _ database: Database, _ leftovers: inout Leftovers) throws -> QueueWritten {
    func run(_ sql: String, _ arguments: StatementArguments) throws -> QueueWritten {
      let found = "WHERE sequence = (SELECT sequence FROM requests WHERE id = ?)"
      try database.cachedStatement(sql: "\(sql) \(found)").execute(arguments: arguments)
      return database.changesCount == 1 ? .done : .unknown
    }
    switch change {
    case .delivered(let id): return try run("DELETE FROM deliveries", [id])
    case .failed(let id, let attempts, let problem, let next):
      return try run("UPDATE deliveries SET attempts = ?, problem = ?, next_at = ?", [attempts, problem, next.nanoseconds, id])
    case .dead(let id, let attempts, let problem):
      return try run("UPDATE deliveries SET attempts = ?, problem = ?, is_dead = 1", [attempts, problem, id])
    case .revived(let id, let moment):
      leftovers.hasDelivery = true
      return try run("UPDATE deliveries SET attempts = 0, is_dead = 0, next_at = ?", [moment.nanoseconds, id])
    }
  }
}
