import EngineCore
import GRDB
import Queueing
import Testing

@testable import Store

@Suite struct QueueRetentionTests {
  let folder: TemporaryFolder
  let store: RequestStore

  init() throws {
    folder = try TemporaryFolder()
    store = try RequestStore.open(folder: folder.path)
  }

  private let day: Int64 = 24 * 3600

  /// Requests "1" to "n", which end at second 1 to n.
  private func fill(_ count: Int64, bytes: Int = 1000, webhook: String? = nil) async throws {
    for number in 1...count {
      try await store.submit(request("\(number)", webhook: webhook))
      try await store.end("\(number)", outcome(noise(bytes), at: number))
    }
  }

  private func left() throws -> [String] {
    try store.pool.read { try String.fetchAll($0, sql: "SELECT id FROM requests ORDER BY sequence") }
  }

  @Test func whatEndedLongAgoGoesAndWhatIsPendingStays() async throws {
    try await fill(5)
    try await store.submit(request("waits", at: 0))
    #expect(try store.prune(now: .seconds(day + 3)) == 3)
    #expect(try left() == ["4", "5", "waits"])
    #expect(try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outcomes") } == 2)
    #expect(try store.prune(now: .seconds(1000 * day)) == 2)
    #expect(try left() == ["waits"])
  }

  @Test(arguments: [
    (count: 3, bytes: Int.max, left: ["4", "5", "6"]), (count: 100, bytes: 4200, left: ["3", "4", "5", "6"]),
    (count: 100, bytes: 100, left: []), (count: 6, bytes: 7000, left: ["1", "2", "3", "4", "5", "6"]),
  ])
  func ofTooManyOrTooLargeOnesTheOldestGo(count: Int, bytes: Int, left: [String]) async throws {
    try await fill(6)
    var retention = QueueRetention()
    (retention.countMax, retention.bytesMax) = (count, bytes)
    #expect(try store.prune(now: .seconds(10), retention) == 6 - left.count)
    #expect(try self.left() == left)
  }

  @Test func moreThanOneTransactionTakesGo() async throws {
    for number in 0..<600 {
      store.write(.submitted(request("\(number)"), body: [])) { _ in }
      store.write(.ended(id: "\(number)", outcome())) { _ in }
    }
    try await store.settle()
    #expect(try store.prune(now: .seconds(10 + day)) == 600)
  }

  @Test func aWebhookThatIsStillTriedKeepsItsResult() async throws {
    try await fill(3, webhook: "http://127.0.0.1/hook")
    var retention = QueueRetention()
    retention.countMax = 0
    #expect(try store.prune(now: .seconds(1000 * day), retention) == 0)
    #expect(try await store.change(.delivered(request: "2", at: .seconds(5))) == .done)
    #expect(try store.prune(now: .seconds(2 * day)) == 1)
    #expect(try left() == ["1", "3"])
  }

  @Test func aDeadWebhookKeepsItsResultForLongerButNotWhenTheyAreTooMany() async throws {
    try await fill(3, webhook: "http://127.0.0.1/hook")
    for id in ["1", "2", "3"] { _ = try await store.change(.dead(request: id, attempts: 10, problem: "refused")) }
    #expect(try store.prune(now: .seconds(2 * day)) == 0)
    #expect(try store.prune(now: .seconds(3 * day + 1)) == 1)
    var retention = QueueRetention()
    retention.countMax = 1
    #expect(try store.prune(now: .seconds(10), retention) == 1)
    #expect(try left() == ["3"])
    #expect(try await store.deadDeliveries().map(\.request.id) == ["3"])
  }
}
