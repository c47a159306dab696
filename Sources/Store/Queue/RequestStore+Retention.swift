public import EngineCore
import GRDB

extension RequestStore {
  /// Commits wait for the end of so many at most.
  private static let prunedAtOnce = 1000

  /// Ends results that are over a limit. A webhook that is still tried keeps its result.
  ///
  /// - Returns: how many.
  @discardableResult
  public func prune(now: Moment, _ retention: QueueRetention = QueueRetention()) throws(StoreError) -> Int {
    let cut = max((now + (.zero - retention.ageMax)).nanoseconds, try crowded(retention))
    let dead = (now + (.zero - retention.deadAgeMax)).nanoseconds
    return try remove(
      """
      ended_at <= ? AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.sequence = requests.sequence AND (is_dead = 0 OR ended_at > ?))
      """, [cut, dead]) + pruneSeen(now: now, retention)
  }

  /// Ends results that their callers did not want kept and have read.
  @discardableResult
  public func pruneSeen(now: Moment, _ retention: QueueRetention = QueueRetention()) throws(StoreError) -> Int {
    try remove(
      """
      seen_at <= ? AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.sequence = requests.sequence AND is_dead = 0)
      """, [(now + (.zero - retention.seenAgeMax)).nanoseconds])
  }

  /// The end of the newest that is too many, or with which the newer ones are too large together.
  private func crowded(_ retention: QueueRetention) throws(StoreError) -> Int64 {
    try attempt("old results") {
      try pool.read { database in
        let rows = try Row.fetchCursor(
          database,
          sql: "SELECT ended_at, size FROM requests INDEXED BY requests_ended WHERE ended_at IS NOT NULL ORDER BY ended_at DESC")
        var (count, bytes) = (0, 0)
        while let row = try rows.next() {
          count += 1
          bytes += row[1] as Int
          if count > retention.countMax || bytes > retention.bytesMax { return row[0] }
        }
        return .min
      }
    }
  }

  private func remove(_ condition: String, _ arguments: StatementArguments) throws(StoreError) -> Int {
    var total = 0
    while true {
      var (count, files): (Int, [String]) = (0, [])
      try transaction("old results", synced: false) { database in
        let sequences = try Int64.fetchAll(
          database, sql: "SELECT sequence FROM requests WHERE \(condition) LIMIT \(Self.prunedAtOnce)", arguments: arguments)
        count = sequences.count
        for sequence in sequences {
          for table in ["outcomes", "bodies"] {
            let removal = try database.cachedStatement(sql: "DELETE FROM \(table) WHERE sequence = ? RETURNING file")
            if let file = try Row.fetchOne(removal, arguments: [sequence])?[0] as String? { files.append(file) }
          }
          try database.cachedStatement(sql: "DELETE FROM deliveries WHERE sequence = ?").execute(arguments: [sequence])
          try database.cachedStatement(sql: "DELETE FROM requests WHERE sequence = ?").execute(arguments: [sequence])
        }
      }
      try bodies.remove(files)
      total += count
      if count < Self.prunedAtOnce { return total }
    }
  }
}
