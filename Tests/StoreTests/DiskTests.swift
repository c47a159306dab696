import EngineCore
import GRDB
import Glibc
import Testing

@testable import Store

@Suite struct DiskTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aDatabaseThatMayNotGrowIsFullAndWorksAgainWhenItMay() throws {
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(10))
    let pages = try store.pool.write { try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1") ?? 0 }
    let refused = try problem { try store.append(ticks(20_000)) }
    #expect(refused.code == "disk-full")
    #expect(refused.fix != nil)
    #expect(store.lastSequence == 10)
    #expect(try store.recover().state.ignoredInputs == 10)
    try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 10_000)") }
    #expect(try store.record(ticks(20_000)) == 20_010)
    #expect(try store.recover().state.ignoredInputs == 20_010)
    try store.close()
  }

  /// Mounts a small disk, which takes root's rights.
  @Test(.enabled(if: getuid() == 0)) func aReallyFullDiskLosesNothingThatWasAcknowledged() throws {
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=6m") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    try folder.write([UInt8](repeating: 1, count: 2 << 20), to: "ballast")
    let store = try Store.open(folder: folder.path)
    var acknowledged = 0
    var refused: StoreError?
    while refused == nil, acknowledged < 1_000_000 {
      do throws(StoreError) {
        let facts = ticks(200) + [promise()]
        try store.append(facts)
        acknowledged += facts.count
      } catch {
        refused = error
      }
    }
    #expect(refused?.code == "disk-full")
    #expect(try problem { try store.append([promise()] + ticks(2000)) }.code == "disk-full")
    #expect(store.lastSequence == Int64(acknowledged))
    #expect(try store.recover().sequence == Int64(acknowledged))
    try #require(unlink(folder.file("ballast")) == 0)
    #expect(try store.record(ticks(7)) == Int64(acknowledged + 7))
    try store.close()
    let reopened = try Store.open(folder: folder.path)
    #expect(try reopened.recover().sequence == Int64(acknowledged + 7))
    try reopened.close()
  }

  @Test(arguments: DiskStep.allCases, [[promise()], ticks(3)])
  func aFailureLeavesAllOrNothing(step: DiskStep, facts: [Fact]) throws {
    let faults = ScriptedFaults()
    let store = try Store.open(folder: folder.path, faults: faults)
    try store.append(ticks(4))
    faults.fail(at: step)
    #expect(try problem { try store.append(facts) }.code == "disk-failed")
    // After the last step all is safe, and only the answer was lost.
    let written = step == .answer ? facts : []
    #expect(try store.facts(after: 4).map(\.fact) == written)
    let image = try folder.crashImage()
    let recovered = try Store.open(folder: image.path)
    #expect(try recovered.facts(after: 4).map(\.fact) == written)
    try recovered.close()
    #expect(try store.record(ticks(1)) == Int64(5 + written.count))
    try store.close()
  }

  @Test(arguments: 1...5) func aDiskThatFailsByDiceLosesNothingThatWasAcknowledged(seed: UInt64) throws {
    let store = try Store.open(folder: folder.path, faults: ScriptedFaults(seed: seed))
    var acknowledged: [Fact] = []
    for count in 0..<200 {
      let facts = count % 3 == 0 ? [promise("words-\(count)")] : ticks(count % 4 + 1, app: count % 2 == 0 ? .words : .other)
      do throws(StoreError) {
        try store.append(facts)
        acknowledged += facts
      } catch {
        #expect(error.code == "disk-full")
      }
    }
    #expect(acknowledged.count > 50)
    let image = try folder.crashImage()
    let recovered = try Store.open(folder: image.path)
    #expect(try recovered.facts(after: 0, limit: 1000).map(\.fact) == acknowledged)
    try recovered.close()
  }
}
