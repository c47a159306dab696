import AppModel
import EngineCore
import GRDB
import Testing

@testable import Store

@Suite struct UsageBookTests {
  private typealias Story = RunnerStory
  private let folder: TemporaryFolder
  private let store: Store
  private let book: UsageBook

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
    book = try Self.book(store)
  }

  private static func book(_ store: Store) throws -> UsageBook {
    try UsageBook(store) { ["GPU-H100": 2.0, "S": 0.36][$0] }
  }

  private func report(
    _ book: UsageBook? = nil, by: [UsageDimension], from: Int64 = 0, until: Int64 = 36_000, now: Int64 = 36_000,
    user: String? = nil
  ) throws -> UsageBook.Rows {
    let query = UsageQuery(since: .seconds(from), until: .seconds(until), by: by, user: user)
    return try (book ?? self.book).report(query, now: .seconds(now))
  }

  private func key(
    at second: Int64 = 50, app: AppID = .words, runner: RunnerID? = Story.one, caller: String = "ada", key: String = "k",
    payer: String = "ada", kind: String = "direct"
  ) -> RequestUsage.Key {
    RequestUsage.Key(
      at: .seconds(second), app: app, revision: RevisionID("\(app.name)-1"), runner: runner, caller: caller, key: key,
      payer: payer, kind: kind)
  }

  private func usage(_ statuses: Int..., units: Double? = nil) -> RequestUsage {
    var usage = RequestUsage()
    for status in statuses {
      usage.add(status: status, units: units, running: .seconds(2), runnerBusy: .seconds(1), bytesIn: 10, bytesOut: 20)
    }
    return usage
  }

  @Test func theTimeOfARunnerIsPricedByItsMachineAndItsGPUs() throws {
    try store.append(Story.life() + Story.life(RunnerID("two"), "GPU-H100", gpus: 3))
    #expect(try book.fold())
    let rows = try report(by: [.machine, .gpus])
    let plain = try #require(rows[["S", "0"]])
    #expect(plain.setup == 10 && plain.ready == 100 && plain.draining == 5 && plain.terminating == 1 && plain.idle == 100)
    #expect(plain.gpuSeconds == 0)
    #expect(abs((plain.cost ?? 0) - 116 * 0.36 / 3600) < 1e-9)
    let big = try #require(rows[["GPU-H100", "3"]])
    #expect(big.gpuSeconds == 348)
    #expect(abs((big.cost ?? 0) - 348 * 2.0 / 3600) < 1e-9)
    #expect(rows.count == 2)
  }

  @Test func foldingTwiceOrAfterAKillCountsNothingTwiceAndLosesNothing() throws {
    let facts = Story.life() + Story.life(RunnerID("two"), from: 20)
    for (index, fact) in facts.enumerated() {
      try store.append([fact])
      if index % 3 == 0 { try book.fold() }
      if index % 4 == 0 {
        // As if killed: what is in memory is gone.
        let image = try folder.crashImage()
        let other = try Store.open(folder: image.path)
        let again = try Self.book(other)
        try again.fold()
        #expect(again.isBehind == false)
        #expect(try report(again, by: []) == reference(other, facts.prefix(index + 1)))
      }
    }
    try book.fold()
    try book.fold()
    #expect(try report(by: [])[[]]?.ready == 200)
  }

  /// What folding all facts at once, on a book that has folded none, gives.
  private func reference(_ store: Store, _ facts: ArraySlice<Fact>) throws -> UsageBook.Rows {
    let fresh = try TemporaryFolder()
    let other = try Store.open(folder: fresh.path)
    try other.append(Array(facts))
    let book = try Self.book(other)
    try book.fold()
    return try report(book, by: [])
  }

  @Test func aRunnerThatLivesCountsUntilNow() throws {
    try store.append(Array(Story.life().prefix(4)))
    try book.fold()
    #expect(try report(by: [.app], now: 40)[["ada/words"]]?.ready == 30)
    #expect(try report(by: [.app], from: 3600, until: 7200)[["ada/words"]]?.ready == 3600)
    let hours = try report(by: [.hour], now: 7300)
    #expect(hours.mapValues(\.ready) == [["1970-01-01T00:00Z"]: 3590, ["1970-01-01T01:00Z"]: 3600, ["1970-01-01T02:00Z"]: 100])
    try store.append([Story.fact(7300, .runnerEnded(Story.one, .exited(status: 0)))])
    try book.fold()
    #expect(try report(by: [.hour], now: 9999) == hours)
    #expect(try report(by: [.month, .day])[["1970-01", "1970-01-01"]]?.ready == 7290)
  }

  @Test func requestsAreAddedUpWithTheMachineOfTheirRunner() throws {
    try store.append(Array(Story.life(Story.one, "GPU-H100", gpus: 2).prefix(4)))
    try book.fold()
    try book.add([key(): usage(200, 422, 500, units: 1.5), key(caller: "bob", payer: "bob"): usage(200)])
    try book.add([key(): usage(200, units: 1)])
    let rows = try report(by: [.machine, .gpus, .caller])
    let ada = try #require(rows[["GPU-H100", "2", "ada"]])
    #expect(ada.requests == 4 && ada.failed == 1 && ada.units == 2.5 && ada.requestSeconds == 6)
    #expect(ada.bytesIn == 40 && ada.bytesOut == 80)
    #expect(rows[["GPU-H100", "2", "bob"]]?.requests == 1)
    // The time of runners has no caller.
    let runners = try #require(rows[["GPU-H100", "2", ""]])
    #expect(runners.requests == 0 && runners.running == 5 && runners.idle == runners.ready - 5)
    #expect(try report(by: [])[[]]?.requests == 5)
  }

  @Test func everyUserSeesWhatIsTheirs() throws {
    try store.append(Story.life() + Story.life(RunnerID("b"), app: AppID(owner: "bob", name: "his")))
    try book.fold()
    try book.add([
      key(): usage(200), key(caller: "bob", payer: "bob"): usage(200), key(caller: "", key: ""): usage(200),
      key(app: AppID(owner: "bob", name: "his"), caller: "eve", payer: "bob"): usage(200),
    ])
    let bob = try report(by: [.app, .caller], user: "bob")
    #expect(bob.mapValues(\.requests) == [["ada/words", "bob"]: 1, ["bob/his", "eve"]: 1, ["bob/his", ""]: 0])
    #expect(bob[["bob/his", ""]]?.ready == 100)
    #expect(try report(by: [.payer], user: "eve").mapValues(\.requests) == [["bob"]: 1])
    #expect(try report(by: [.payer]).mapValues(\.requests) == [["ada"]: 2, ["bob"]: 2])
    #expect(try report(by: [.owner], user: "nobody").isEmpty)
  }

  @Test func onlyTheHoursThatWereAskedForCount() throws {
    try book.add([key(at: 3599): usage(200), key(at: 3600): usage(200), key(at: 7200): usage(200)])
    #expect(try report(by: [], from: 3600, until: 7200)[[]]?.requests == 1)
    #expect(try report(by: [], from: 3599, until: 7201)[[]]?.requests == 3)
    #expect(try report(by: [], from: 9000, until: 100).isEmpty)
  }

  @Test func anAnswerHasNoMoreRowsThanItsBound() throws {
    var sums: [RequestUsage.Key: RequestUsage] = [:]
    for number in 0..<11 { sums[key(caller: "u\(number)")] = usage(200) }
    try book.add(sums)
    // One more is that of the runners.
    var query = UsageQuery(since: .seconds(0), until: .seconds(3600), by: [.caller], rowsMax: 12)
    #expect(try book.report(query, now: .seconds(3600)).count == 12)
    query.rowsMax = 11
    #expect(try problem { try book.report(query, now: .seconds(3600)) }.code == "usage-too-long")
  }

  @Test func oldUsageEnds() throws {
    try book.add([key(at: 0): usage(200), key(at: 100 * 3600): usage(200)])
    try book.prune(now: .seconds(101 * 3600), ageMax: .seconds(2 * 3600))
    #expect(try report(by: [], until: 1_000_000, now: 1_000_000)[[]]?.requests == 1)
  }

  @Test func aDiskThatFailsLosesNothing() throws {
    let faults = ScriptedFaults()
    let other = try TemporaryFolder()
    let store = try Store.open(folder: other.path, faults: faults)
    let book = try Self.book(store)
    try store.append(Story.life())
    faults.fail(at: .commit)
    #expect(try problem { try book.fold() }.code == "disk-failed")
    try book.fold()
    #expect(try report(book, by: [])[[]]?.ready == 100)
  }
}
