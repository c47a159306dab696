import GRDB

/// What the newest snapshot holds, to know when the next one pays.
struct SnapshotMark {
  /// Facts between two snapshots at least: folding so many takes a fraction of a second.
  static let factsMin: Int64 = 10_000
  /// A fact is read again about as fast as this many bytes of a snapshot. A large state is written less often, so that
  /// writing snapshots never costs more than it saves.
  static let bytesPerFact: Int64 = 400

  /// 0: there is no snapshot.
  var sequence: Int64 = 0
  var size: Int64 = 0

  init(sequence: Int64, size: Int64) {
    self.sequence = sequence
    self.size = size
  }

  init(newestIn database: Database) throws {
    let row = try Row.fetchOne(
      database, sql: "SELECT sequence, size FROM snapshots WHERE is_whole ORDER BY sequence DESC LIMIT 1")
    self.init(sequence: row?[0] ?? 0, size: row?[1] ?? 0)
  }

  func isDue(at last: Int64) -> Bool { last - sequence >= max(Self.factsMin, size / Self.bytesPerFact) }
}
