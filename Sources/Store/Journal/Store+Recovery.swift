import Crypto
import EngineCore
import FoundationEssentials
import GRDB

extension Store {
  /// The state that all facts add up to: the newest snapshot that can be read, and the facts after it.
  ///
  /// - Throws: `fact-unreadable`, or `facts-missing` when there are too few facts to do without the snapshots.
  public func recover() throws(StoreError) -> Recovered {
    try read("the journal") { database in
      var recovered = Recovered(state: EngineState(), sequence: 0, snapshot: 0, warnings: [])
      let whole = try Int64.fetchAll(database, sql: "SELECT sequence FROM snapshots WHERE is_whole ORDER BY sequence DESC")
      for sequence in whole {
        do throws(StoreError) {
          recovered.state = try snapshotState(sequence, database)
          recovered.sequence = sequence
          recovered.snapshot = sequence
          break
        } catch {
          recovered.warnings.append(error.message)
        }
      }
      try fold(into: &recovered, database)
      return recovered
    }
  }

  private func snapshotState(_ sequence: Int64, _ database: Database) throws(StoreError) -> EngineState {
    do {
      let header = try Row.fetchOne(
        database, sql: "SELECT size, digest FROM snapshots WHERE sequence = ?", arguments: [sequence])
      var bytes = Data()
      bytes.reserveCapacity(header?[0] ?? 0)
      let parts = try Data.fetchCursor(
        database, sql: "SELECT bytes FROM snapshot_parts WHERE sequence = ? ORDER BY part", arguments: [sequence])
      while let part = try parts.next() { bytes.append(part) }
      guard header?[1] == Data(SHA256.hash(data: bytes)) else {
        throw StoreError("snapshot-unreadable", "its content is damaged")
      }
      return try JSONDecoder().decode(EngineState.self, from: bytes)
    } catch {
      throw StoreError("snapshot-unreadable", "the snapshot after fact \(sequence) cannot be read: \(error)")
    }
  }

  private func fold(into recovered: inout Recovered, _ database: Database) throws {
    let reader = FactReader()
    let rows = try Row.fetchCursor(
      database, sql: "\(FactReader.selection) WHERE facts.sequence > ? ORDER BY facts.sequence", arguments: [recovered.sequence])
    var lines: [FactReader.Line] = []
    lines.reserveCapacity(FactReader.batchMax)
    while true {
      let row = try rows.next()
      if let row { lines.append(FactReader.line(row)) }
      guard row == nil || lines.count == FactReader.batchMax else { continue }
      for recorded in try reader.facts(lines) {
        guard recorded.sequence == recovered.sequence + 1 else {
          throw StoreError(
            "facts-missing", "facts \(recovered.sequence + 1) to \(recorded.sequence - 1) are missing in \(folder)",
            fix: "Put a copy of the database from a backup in its place.")
        }
        recovered.state.evolve(recorded.fact)
        recovered.sequence = recorded.sequence
      }
      lines.removeAll(keepingCapacity: true)
      if row == nil { return }
    }
  }
}
