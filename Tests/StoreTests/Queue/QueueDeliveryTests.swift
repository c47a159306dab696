import EngineCore
import GRDB
import Queueing
import Synchronization
import Testing

@testable import Store

@Suite struct QueueDeliveryTests {
  let folder: TemporaryFolder
  let store: RequestStore

  init() throws {
    folder = try TemporaryFolder()
    store = try RequestStore.open(folder: folder.path)
  }

  private func end(_ id: String, _ webhook: String?, at seconds: Int64) async throws {
    try await store.submit(request(id, webhook: webhook))
    try await store.end(id, outcome(at: seconds))
  }

  @Test func theOutcomeOfARequestWithAWebhookIsDueWhenItIsWritten() async throws {
    let calls = Atomic(0)
    store.onDelivery { calls.add(1, ordering: .relaxed) }
    try await end("a", "http://one.example/hook", at: 5)
    try await end("b", nil, at: 6)
    try await store.settle()
    #expect(calls.load(ordering: .relaxed) == 1)
    let due = try await store.due(at: .seconds(5))
    #expect(
      due.deliveries == [
        QueueDelivery(
          request: request("a", webhook: "http://one.example/hook"), target: "http://one.example:80", attempts: 0,
          nextAt: .seconds(5), isDead: false)
      ])
    #expect(due.next == nil)
    #expect(try await store.deliveries() == due.deliveries)
  }

  @Test func oneThatFailsIsDueLaterAndGoesWhenItIsDelivered() async throws {
    try await end("a", "http://one.example/hook", at: 5)
    #expect(
      try await store.change(.failed(request: "a", attempts: 1, problem: "refused", next: .seconds(20))) == .done)
    let early = try await store.due(at: .seconds(19))
    #expect(early.deliveries == [])
    #expect(early.next == .seconds(20))
    let due = try await store.due(at: .seconds(20))
    #expect(due.deliveries.map(\.attempts) == [1])
    #expect(due.deliveries.map(\.problem) == ["refused"])
    #expect(try await store.change(.delivered(request: "a", at: .seconds(21))) == .done)
    #expect(try await store.change(.delivered(request: "a", at: .seconds(21))) == .unknown)
    #expect(try await store.due(at: .seconds(100)) == DueDeliveries(deliveries: [], next: nil))
    #expect(try await store.ended("a") != nil)
  }

  @Test func aDeadOneIsListedAndRevivedWithAllItsAttempts() async throws {
    for id in ["a", "b", "c"] { try await end(id, "http://one.example/\(id)", at: 5) }
    for id in ["a", "b"] { _ = try await store.change(.dead(request: id, attempts: 10, problem: "refused")) }
    #expect(try await store.due(at: .seconds(100)).deliveries.map(\.request.id) == ["c"])
    #expect(try await store.deadDeliveries().map(\.request.id) == ["b", "a"])
    #expect(try await store.change(.revived(request: "c", of: nil, at: .seconds(50))) == .unknown, "it is not dead")
    #expect(try await store.change(.revived(request: "a", of: "bob", at: .seconds(50))) == .unknown, "it is not his")
    #expect(try await store.change(.revivedAll(of: "bob", at: .seconds(50))) == .unknown)
    #expect(try await store.change(.revived(request: "a", of: "ada", at: .seconds(50))) == .done)
    #expect(try await store.due(at: .seconds(100)).deliveries.map(\.request.id) == ["c", "a"])
    #expect(try await store.due(at: .seconds(100)).deliveries.map(\.attempts) == [0, 0])
    #expect(try await store.change(.revivedAll(of: nil, at: .seconds(60))) == .done)
    #expect(try await store.change(.revivedAll(of: nil, at: .seconds(60))) == .unknown)
    #expect(try await store.deadDeliveries() == [])
  }

  @Test func aServerWithManyThatWaitDoesNotHideTheOthers() async throws {
    for number in 0..<50 { try await end("dead\(number)", "http://dead.example/hook", at: Int64(number)) }
    try await end("live", "https://live.example:8443/hook", at: 100)
    try await end("late", "http://late.example/hook", at: 1000)
    let due = try await store.due(at: .seconds(200), targets: 2, ofEach: 3)
    #expect(due.deliveries.map(\.request.id) == ["dead0", "dead1", "dead2", "live"])
    #expect(due.deliveries.last?.target == "https://live.example:8443")
    #expect(due.next == .seconds(1000))
    let others = try await store.due(at: .seconds(2000), targets: 2, ofEach: 3, skipping: ["http://dead.example:80"])
    #expect(others.deliveries.map(\.request.id) == ["live", "late"])
    // Of more servers than are asked for, those come that have waited longest.
    #expect(try await store.due(at: .seconds(2000), targets: 1, ofEach: 1).deliveries.map(\.request.id) == ["dead0"])
  }

  @Test func aRequestThatIsCancelledBeforeItBeganIsDeliveredToo() async throws {
    try await store.submit(request("a", webhook: "http://one.example/hook"))
    try await store.end("a", QueueOutcome(status: 499, errorType: "client_cancelled", body: [], endedAt: .seconds(3)))
    #expect(try await store.due(at: .seconds(3)).deliveries.map(\.request.id) == ["a"])
  }

  @Test func theOutboxIsThereAfterAKill() async throws {
    try await end("a", "http://one.example/hook", at: 5)
    _ = try await store.change(.failed(request: "a", attempts: 3, problem: "refused", next: .seconds(20)))
    let image = try folder.queueImage()
    let recovered = try RequestStore.open(folder: image.path)
    #expect(try await recovered.due(at: .seconds(30)).deliveries.map(\.attempts) == [3])
    try recovered.close()
  }

  @Test func aResultThatIsNotKeptIsSeenWhenItIsDelivered() async throws {
    try await store.submit(request("a", webhook: "http://one.example/hook", isKept: false))
    try await store.end("a", outcome(at: 5))
    #expect(try store.pruneSeen(now: .seconds(1000)) == 0)
    _ = try await store.change(.delivered(request: "a", at: .seconds(10)))
    #expect(try store.pruneSeen(now: .seconds(69)) == 0)
    #expect(try store.pruneSeen(now: .seconds(70)) == 1)
  }
}
