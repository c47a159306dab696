public import EngineCore
import GRDB

extension RequestStore {
  /// Commits wait for the end of so many at most.
  private static let prunedAtOnce = 256

  /// Ends results that are over a limit. A webhook that is still tried keeps its result; one that nobody tries any more
  /// keeps it from growing old for a while, and not from being too many.
  ///
  /// - Returns: how many.
  @discardableResult
  public func prune(now: Moment, _ retention: QueueRetention = QueueRetention()) throws(StoreError) -> Int {
    try removeLeft()
    let old = (now + (.zero - retention.ageMax)).nanoseconds
    let dead = (now + (.zero - retention.deadAgeMax)).nanoseconds
    let aged = try remove(
      """
      ended_at <= ? AND NOT EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.sequence = requests.sequence AND (is_dead = 0 OR ended_at > ?))
      """, [old, dead])
    let crowded = try remove("ended_at <= ? AND \(Self.isNotTried)", [try crowded(retention)])
    let seen = try pruneSeen(now: now, retention)
    try shortenLog()
    return aged + crowded + seen
  }

  /// Ends results that their callers did not want kept and have read.
  @discardableResult
  public func pruneSeen(now: Moment, _ retention: QueueRetention = QueueRetention()) throws(StoreError) -> Int {
    try remove("seen_at <= ? AND \(Self.isNotTried)", [(now + (.zero - retention.seenAgeMax)).nanoseconds])
  }

  private static let isNotTried =
    "NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.sequence = requests.sequence AND is_dead = 0)"

  /// The end of the newest that is too many, or with which the newer ones are too large together.
  private func crowded(_ retention: QueueRetention) throws(StoreError) -> Int64 {
    try attempt("old results") {
      try pool.read { database in
        let ended = "FROM requests INDEXED BY requests_ended WHERE ended_at IS NOT NULL"
        // Most of the time nothing is too much, and SQLite counts ten times faster than rows are read.
        let total = try Row.fetchOne(database, sql: "SELECT count(*), total(size) \(ended)")
        guard let total, total[0] as Int > retention.countMax || total[1] as Double > Double(retention.bytesMax) else {
          return .min
        }
        let rows = try Row.fetchCursor(database, sql: "SELECT ended_at, size \(ended) ORDER BY ended_at DESC")
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
      discard(files)
      total += count
      if count < Self.prunedAtOnce { return total }
    }
  }

  /// Files that could not be removed when their time was over.
  private func removeLeft() throws(StoreError) {
    let names = unremoved.withLock { names in
      defer { names = [] }
      return names
    }
    discard(names)
    let left = unremoved.withLock { $0.count }
    guard left == 0 else {
      throw StoreError("disk-failed", "\(left) files in \(bodies.folder) cannot be removed")
    }
  }

  /// Readers that always overlap keep SQLite from beginning the log anew, which grows then: once in a while it waits for them.
  private func shortenLog() throws(StoreError) {
    guard let size = try Files.status("\(folder)/\(QueueSchema.fileName)-wal")?.size, size > Self.logBytesKept else { return }
    try attempt("the queue's log") {
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
  }
}
