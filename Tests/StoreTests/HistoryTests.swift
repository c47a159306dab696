import EngineCore
import GRDB
import Testing

@testable import Store

@Suite struct HistoryTests {
  let store: Store
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
    for round in 0..<10 {
      try store.append([promise("words-\(round)"), promise("other-\(round)", app: .other)])
    }
  }

  @Test func itIsNewestFirstAndOfOneAppAlone() throws {
    let history = try store.history(app: .words)
    #expect(history.map(\.sequence) == [19, 17, 15, 13, 11, 9, 7, 5, 3, 1])
    #expect(history.map(\.fact) == (0..<10).reversed().map { promise("words-\($0)") })
    #expect(try store.history(app: AppID(owner: "ada", name: "nobody")).isEmpty)
  }

  @Test func itComesInPages() throws {
    #expect(try store.history(app: .other, limit: 3).map(\.sequence) == [20, 18, 16])
    #expect(try store.history(app: .other, before: 16, limit: 3).map(\.sequence) == [14, 12, 10])
    #expect(try store.history(app: .other, before: 2, limit: 3).isEmpty)
    #expect(try store.history(app: .other, limit: -1).isEmpty)
  }

  @Test func factsOfAllAppsAreFollowed() throws {
    #expect(try store.facts(after: 0, limit: 2).map(\.sequence) == [1, 2])
    #expect(try store.facts(after: 18).map(\.sequence) == [19, 20])
    #expect(try store.facts(after: 20).isEmpty)
  }

  @Test func oneCallGivesNoMoreThanItsBound() throws {
    try store.append(ticks(Store.factsMax + 10))
    #expect(try store.facts(after: 0, limit: .max).count == Store.factsMax)
    #expect(try store.history(app: .words, limit: .max).count == Store.factsMax)
  }

  @Test func anIndexLeadsToAnAppsFacts() throws {
    let plan = try store.pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          EXPLAIN QUERY PLAN \(FactReader.selection)
          WHERE facts.app = (SELECT id FROM apps WHERE owner = 'ada' AND name = 'words' AND environment = 'main')
          AND facts.sequence < 100 ORDER BY facts.sequence DESC LIMIT 10
          """
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("facts USING INDEX facts_by_app") }, "\(plan)")
    #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
  }
}
