public import EngineCore
import GRDB

extension Store {
  /// Appends wait for the end of so many at most.
  private static let prunedAtOnce = 2000

  /// Ends facts that are too old or too many, but none that recovery may need: those after the oldest snapshot.
  ///
  /// - Returns: how many.
  @discardableResult
  public func prune(now: Moment, _ retention: FactRetention = FactRetention()) throws(StoreError) -> Int {
    let what = "the end of old facts"
    let bound = try read(what) { database in
      // With a single snapshot, nothing would be left to recover from if it could not be read.
      let whole = try Int64.fetchAll(database, sql: "SELECT sequence FROM snapshots WHERE is_whole ORDER BY sequence")
      return whole.count < Self.snapshotsKept ? 0 : whole.first ?? 0
    }
    let surplus = lastSequence - retention.countMax
    let cut = now + (.zero - retention.ageMax)
    var total = 0
    while true {
      var ended = 0
      try write(what, synced: false) { database in
        try database.execute(
          sql: """
            DELETE FROM facts WHERE sequence IN (
              SELECT sequence FROM (SELECT sequence, at FROM facts ORDER BY sequence LIMIT ?)
              WHERE sequence < coalesce(
                (SELECT min(sequence) FROM (SELECT sequence, at FROM facts ORDER BY sequence LIMIT ?)
                 WHERE sequence > ? OR (sequence > ? AND at >= ?)), 9223372036854775807))
            """, arguments: [Self.prunedAtOnce, Self.prunedAtOnce, bound, surplus, cut.nanoseconds])
        ended = database.changesCount
      }
      total += ended
      if ended < Self.prunedAtOnce { return total }
    }
  }
}
