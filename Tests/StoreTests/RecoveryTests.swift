import EngineCore
import GRDB
import Testing

@testable import Store

@Suite struct RecoveryTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
  }

  /// After fact number `last`.
  private func state(_ last: Int) -> EngineState { EngineState(folding: story(1...last)) }

  @Test func nothingIsRecoveredFromNothing() throws {
    #expect(try store.recover() == Recovered(state: EngineState(), sequence: 0, snapshot: 0, warnings: []))
  }

  @Test func itBeginsWithTheNewestSnapshot() throws {
    try store.append(story(1...10))
    try store.snapshot(state(10), at: 10)
    try store.append(story(11...15))
    try store.snapshot(state(15), at: 15)
    try store.append(story(16...17))
    #expect(try store.recover() == Recovered(state: state(17), sequence: 17, snapshot: 15, warnings: []))
  }

  @Test func aSnapshotInManyPartsIsPutTogether() throws {
    try store.append(story(1...10))
    try store.snapshot(state(10), at: 10, partBytes: 7)
    #expect(try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM snapshot_parts") ?? 0 } > 3)
    #expect(try store.recover().snapshot == 10)
  }

  @Test func onlyTheTwoNewestSnapshotsAreKept() throws {
    for sequence in 1...4 {
      try store.append(story(sequence...sequence))
      try store.snapshot(state(sequence), at: Int64(sequence))
    }
    #expect(try store.pool.read { try Int64.fetchAll($0, sql: "SELECT sequence FROM snapshots") } == [3, 4])
    #expect(try store.pool.read { try Int64.fetchAll($0, sql: "SELECT DISTINCT sequence FROM snapshot_parts") } == [3, 4])
  }

  @Test func aDamagedSnapshotIsTakenForAnOlderOneAndThenForAllFacts() throws {
    try store.append(story(1...10))
    try store.snapshot(state(10), at: 10)
    try store.append(story(11...20))
    try store.snapshot(state(20), at: 20)
    try damage(snapshot: 20)
    let older = try store.recover()
    #expect(older.state == state(20))
    #expect(older.snapshot == 10)
    #expect(older.warnings.count == 1)
    try damage(snapshot: 10)
    let all = try store.recover()
    #expect(all.state == state(20))
    #expect(all.snapshot == 0)
    #expect(all.warnings.count == 2)
  }

  private func damage(snapshot: Int64) throws {
    try store.pool.write { database in
      // Still JSON, so that only the digest tells.
      try database.execute(
        sql: """
          UPDATE snapshot_parts SET bytes = CAST(replace(CAST(bytes AS TEXT), ':', ': ') AS BLOB) WHERE sequence = ?
          """, arguments: [snapshot])
    }
  }

  @Test func aSnapshotThatWasNotFinishedIsNotRead() throws {
    try store.append(story(1...10))
    try store.snapshot(state(10), at: 10)
    try store.pool.write { try $0.execute(sql: "INSERT INTO snapshots VALUES (12, 5, x'00', 0)") }
    try store.append(story(11...15))
    #expect(try store.recover() == Recovered(state: state(15), sequence: 15, snapshot: 10, warnings: []))
    try store.snapshot(state(15), at: 15)
    #expect(try store.pool.read { try Int64.fetchAll($0, sql: "SELECT sequence FROM snapshots") } == [10, 15])
  }

  @Test func aHoleInTheJournalIsNoticed() throws {
    try store.append(story(1...10))
    try store.pool.write { try $0.execute(sql: "DELETE FROM facts WHERE sequence BETWEEN 4 AND 6") }
    let refused = try problem { try store.recover() }
    #expect(refused.code == "facts-missing")
    #expect(refused.message.contains("facts 4 to 6"))
  }

  @Test func aSnapshotIsDueWhenItPays() throws {
    let small = SnapshotMark(sequence: 100, size: 1000)
    #expect(!small.isDue(at: 10_099))
    #expect(small.isDue(at: 10_100))
    let large = SnapshotMark(sequence: 100, size: 400 * 50_000)
    #expect(!large.isDue(at: 50_099))
    #expect(large.isDue(at: 50_100))
    #expect(try !store.snapshotIfNeeded(state(1), at: 1))
    try store.append(ticks(10_000))
    #expect(store.isSnapshotDue)
    #expect(try store.snapshotIfNeeded(state(10_000), at: 10_000))
    #expect(!store.isSnapshotDue)
  }

  @Test func numbersGoOnAfterFactsThatAreGone() throws {
    try store.append(story(1...10))
    try store.snapshot(state(10), at: 10)
    try store.pool.write { try $0.execute(sql: "DELETE FROM facts") }
    try store.close()
    let reopened = try Store.open(folder: folder.path)
    #expect(try reopened.record(story(11...11)) == 11)
    #expect(try reopened.recover().state == state(11))
  }

  @Test func onlyFactsThatRecoveryCanDoWithoutAreEnded() throws {
    let old = story(1...100, at: .seconds(0))
    let now = Moment.seconds(1_000_000)
    let retention = FactRetention(ageMax: .seconds(500_000), countMax: 150)
    try store.append(old)
    #expect(try store.prune(now: now, retention) == 0, "there is no snapshot")
    try store.snapshot(state(100), at: 100)
    #expect(try store.prune(now: now, retention) == 0, "a second one is needed should the first be damaged")
    try store.append(story(101...120, at: .seconds(0)))
    try store.snapshot(state(120), at: 120)
    #expect(try store.prune(now: now, retention) == 100)
    #expect(try store.history(app: .words).last?.sequence == 101)
    try damage(snapshot: 120)
    #expect(try store.recover().state == state(120))
    try damage(snapshot: 100)
    #expect(try problem { try store.recover() }.code == "facts-missing")
  }

  @Test func factsThatAreTooManyAreEnded() throws {
    try store.append(story(1...9000))
    try store.snapshot(state(9000), at: 9000)
    try store.append(story(9001...9100))
    try store.snapshot(state(9100), at: 9100)
    #expect(try store.prune(now: .seconds(2), FactRetention(countMax: 4000)) == 5100)
    #expect(try store.prune(now: .seconds(2), FactRetention(countMax: 4000)) == 0)
    #expect(try store.recover().state == state(9100))
  }
}
