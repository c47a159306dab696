import Crypto
public import EngineCore
import FoundationEssentials
import GRDB

extension Store {
  /// The second newest is for when the newest cannot be read.
  static let snapshotsKept = 2
  /// Appends wait for one part at most.
  private static let partBytes = 1 << 20

  /// Whether so many facts were written since the last snapshot that a new one pays.
  public var isSnapshotDue: Bool { snapshots.withLock { $0.isDue(at: lastSequence) } }

  /// Keeps `state`, which is that after fact number `sequence`, if enough has happened since the last time.
  ///
  /// Takes long for a large state, but stops no append for long: call it away from the engine.
  ///
  /// - Returns: whether it did.
  @discardableResult
  public func snapshotIfNeeded(_ state: EngineState, at sequence: Int64) throws(StoreError) -> Bool {
    guard snapshots.withLock({ $0.isDue(at: sequence) }) else { return false }
    try snapshot(state, at: sequence)
    return true
  }

  /// Keeps `state`, which is that after fact number `sequence`, so that recovery begins there. Facts stay for history.
  public func snapshot(_ state: EngineState, at sequence: Int64) throws(StoreError) {
    try snapshot(state, at: sequence, partBytes: Self.partBytes)
  }

  func snapshot(_ state: EngineState, at sequence: Int64, partBytes: Int) throws(StoreError) {
    try snapshotting.withLock { _ throws(StoreError) in try write(state, at: sequence, partBytes: partBytes) }
  }

  private func write(_ state: EngineState, at sequence: Int64, partBytes: Int) throws(StoreError) {
    let what = "a snapshot"
    guard sequence > snapshots.withLock({ $0.sequence }) else { return }
    let bytes = try attempt(what) { try JSONEncoder().encode(state) }
    try forgetSnapshots("is_whole = 0")
    try write(what, synced: false) { database in
      try database.execute(
        sql: "INSERT INTO snapshots (sequence, size, digest, is_whole) VALUES (?, ?, ?, 0)",
        arguments: [sequence, bytes.count, Data(SHA256.hash(data: bytes))])
    }
    for (part, start) in stride(from: 0, to: bytes.count, by: partBytes).enumerated() {
      let slice = bytes[bytes.startIndex + start..<min(bytes.startIndex + start + partBytes, bytes.endIndex)]
      try write(what, synced: false) { database in
        try database.execute(
          sql: "INSERT INTO snapshot_parts (sequence, part, bytes) VALUES (?, ?, ?)", arguments: [sequence, part, Data(slice)])
      }
    }
    try write(what, synced: false) { database in
      try database.execute(sql: "UPDATE snapshots SET is_whole = 1 WHERE sequence = ?", arguments: [sequence])
    }
    snapshots.withLock { $0 = SnapshotMark(sequence: sequence, size: Int64(bytes.count)) }
    try forgetSnapshots(
      "sequence NOT IN (SELECT sequence FROM snapshots WHERE is_whole ORDER BY sequence DESC LIMIT \(Self.snapshotsKept))")
  }

  /// Part by part, for the same reason as they were written so.
  private func forgetSnapshots(_ condition: String) throws(StoreError) {
    let what = "the end of an old snapshot"
    let old = try read(what) { try Int64.fetchAll($0, sql: "SELECT sequence FROM snapshots WHERE \(condition)") }
    for sequence in old {
      // Without its mark nobody reads it while its parts go.
      try write(what, synced: false) { database in
        try database.execute(sql: "UPDATE snapshots SET is_whole = 0 WHERE sequence = ?", arguments: [sequence])
      }
      let parts = try read(what) { database in
        try Int64.fetchAll(database, sql: "SELECT rowid FROM snapshot_parts WHERE sequence = ?", arguments: [sequence])
      }
      for part in parts {
        try write(what, synced: false) { try $0.execute(sql: "DELETE FROM snapshot_parts WHERE rowid = ?", arguments: [part]) }
      }
      try write(what, synced: false) { try $0.execute(sql: "DELETE FROM snapshots WHERE sequence = ?", arguments: [sequence]) }
    }
  }
}
