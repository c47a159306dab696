import EngineCore
import GRDB
import Testing

@testable import Store

@Suite struct JournalTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func factsComeBackInTheirOrder() throws {
    let store = try Store.open(folder: folder.path)
    let facts = ticks(2) + [promise()] + ticks(1, app: .other) + [promise("words-2")]
    #expect(try store.record(facts) == 5)
    #expect(try store.record([]) == 5)
    try store.close()
    let reopened = try Store.open(folder: folder.path)
    #expect(reopened.lastSequence == 5)
    #expect(try reopened.facts(after: 0).map(\.fact) == facts)
    #expect(try reopened.facts(after: 0).map(\.sequence) == [1, 2, 3, 4, 5])
    #expect(try reopened.record(ticks(1)) == 6)
    try reopened.close()
  }

  @Test func factsSurviveAServerThatNeverClosed() throws {
    let store = try Store.open(folder: folder.path)
    for _ in 0..<50 { try store.append(ticks(3)) }
    let image = try folder.crashImage()
    #expect(try !image.bytes("apolune.sqlite-wal").isEmpty)
    let reopened = try Store.open(folder: image.path)
    #expect(try reopened.recover().state.ignoredInputs == 150)
    #expect(try reopened.record(ticks(1)) == 151)
    try reopened.close()
    try store.close()
  }

  @Test func onlyPromisesWaitForTheDisk() throws {
    let store = try Store.open(folder: folder.path)
    let (normal, full) = (1, 2)
    let cases: [(facts: [Fact], mode: Int)] = [
      (ticks(1), normal), ([promise()], full), (ticks(2), normal), (ticks(1) + [promise()], full), ([promise()], full),
    ]
    for (facts, mode) in cases {
      try store.append(facts)
      #expect(try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == mode)
    }
    try store.close()
  }

  @Test func aFactAboutARunnerIsNoPromise() throws {
    let changes: [Fact.Change] = [.runnerReady(RunnerID("r0")), .runnerLinkLost(RunnerID("r0"))]
    let store = try Store.open(folder: folder.path)
    let journal: any Journal = store
    try journal.append([promise()])
    try journal.append(changes.map { Fact(.words, at: .seconds(1), $0) })
    #expect(try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
    #expect(try store.history(app: .words).count == 3)
    try store.close()
  }

  @Test func manyWritersMakeNoHole() async throws {
    let store = try Store.open(folder: folder.path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for count in 1...25 { try store.append(ticks(count % 3 + 1, app: AppID(owner: "ada", name: "app\(writer)"))) }
        }
      }
      try await group.waitForAll()
    }
    let total = 8 * (1...25).reduce(0) { $0 + $1 % 3 + 1 }
    #expect(store.lastSequence == Int64(total))
    #expect(try store.recover().state.ignoredInputs == total)
    try store.close()
  }

  @Test func aFactThatCannotBeReadIsNamed() throws {
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(5))
    try store.pool.write { try $0.execute(sql: "UPDATE facts SET change = CAST('{\"moon\":1}' AS BLOB) WHERE sequence = 4") }
    let refused = try problem { try store.recover() }
    #expect(refused.code == "fact-unreadable")
    #expect(refused.message.contains("fact 4"))
    #expect(try problem { try store.history(app: .words) }.code == "fact-unreadable")
    try store.close()
  }
}
