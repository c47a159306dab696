import AppModel
import EngineCore
import Queueing
import Testing

@testable import Store

@Suite struct QueueLifeTests {
  let folder: TemporaryFolder
  let store: RequestStore

  init() throws {
    folder = try TemporaryFolder()
    store = try RequestStore.open(folder: folder.path)
  }

  @Test func aRequestIsWrittenDownFromItsSubmitToItsEnd() async throws {
    let first = request("a")
    #expect(try await store.submit(first) == .done)
    #expect(try store.pending() == [PendingRequest(sequence: 1, request: first)])
    #expect(try await store.body(of: "a") == Array(#"{"text":"a b a"}"#.utf8))
    #expect(try await store.ended("a") == nil)

    #expect(try await store.write(.started(id: "a", attempt: 1, runner: RunnerID("r1"), at: .seconds(3))).get() == .done)
    #expect(try await store.write(.requeued(id: "a", notBefore: .seconds(5))).get() == .done)
    #expect(try store.pending() == [PendingRequest(sequence: 1, request: first, attempts: 1, notBefore: .seconds(5))])
    #expect(try await store.write(.started(id: "a", attempt: 2, runner: RunnerID("r2"), at: .seconds(6))).get() == .done)
    #expect(try store.pending() == [PendingRequest(sequence: 1, request: first, attempts: 2)])

    #expect(try await store.end("a", outcome()) == .done)
    #expect(try store.pending() == [])
    #expect(try await store.body(of: "a") == nil)
    #expect(try await store.ended("a") == EndedRequest(request: first, outcome: outcome()))
    try store.close()
    let reopened = try RequestStore.open(folder: folder.path)
    #expect(try await reopened.ended("a") == EndedRequest(request: first, outcome: outcome()))
    try reopened.close()
  }

  @Test func aRequestWithNothingThatItNeedNotHaveIsReadAsItWas() async throws {
    let plain = QueuedRequest(id: "a", app: .words, path: "/", caller: .anonymous, submittedAt: .seconds(1))
    try await store.submit(plain, "")
    #expect(try store.pending().map(\.request) == [plain])
    #expect(try await store.body(of: "a") == [])
    let none = QueueOutcome(status: 204, body: [], endedAt: .seconds(2))
    try await store.end("a", none)
    #expect(try await store.ended("a")?.outcome == none)
  }

  @Test func anOutcomeIsWrittenOnce() async throws {
    try await store.submit(request("a"))
    #expect(try await store.end("a", outcome("1")) == .done)
    #expect(try await store.end("a", outcome("2", status: 500)) == .alreadyEnded)
    #expect(try await store.write(.started(id: "a", attempt: 3, runner: RunnerID("r1"), at: .seconds(3))).get() == .alreadyEnded)
    #expect(try await store.write(.requeued(id: "a", notBefore: .seconds(5))).get() == .alreadyEnded)
    #expect(try await store.ended("a")?.outcome == outcome("1"))
  }

  @Test func ofTwoOutcomesInOneCommitTheFirstStays() async throws {
    try await store.submit(request("a"))
    let outcomes = await withTaskGroup(of: QueueWritten?.self) { group in
      for number in 0..<50 {
        group.addTask { try? await store.write(.ended(id: "a", outcome("\(number)"))).get() }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == .done } == 1)
    #expect(outcomes.count { $0 == .alreadyEnded } == 49)
  }

  @Test func nothingIsKnownOfAnIdThatWasNeverSubmitted() async throws {
    #expect(try await store.end("a", outcome()) == .unknown)
    #expect(try await store.write(.started(id: "a", attempt: 1, runner: RunnerID("r1"), at: .seconds(3))).get() == .unknown)
    #expect(try await store.write(.requeued(id: "a", notBefore: .seconds(5))).get() == .unknown)
    #expect(try await store.body(of: "a") == nil)
    #expect(try await store.ended("a") == nil)
    #expect(try await store.change(.delivered(request: "a", at: .seconds(1))) == .unknown)
  }

  @Test func theSameIdempotencyKeyGivesTheSameRequestForAsLongAsItIsKept() async throws {
    #expect(try await store.submit(request("a", idempotencyKey: "k")) == .done)
    #expect(try await store.submit(request("b", idempotencyKey: "k")) == .existing(id: "a"))
    #expect(try await store.submit(request("c", app: .other, idempotencyKey: "k")) == .done)
    var others = request("d", idempotencyKey: "k")
    others.caller.id = "bob"
    #expect(try await store.submit(others) == .done)
    #expect(try await store.submit(request("e")) == .done)
    #expect(try store.ids() == ["a", "c", "d", "e"])
    try await store.end("a", outcome(at: 9))
    #expect(try await store.submit(request("f", idempotencyKey: "k")) == .existing(id: "a"))
    try store.prune(now: .seconds(9 + 24 * 3600))
    #expect(try await store.submit(request("g", idempotencyKey: "k")) == .done)
  }

  @Test func theSameRequestTwiceIsOne() async throws {
    #expect(try await store.submit(request("a")) == .done)
    #expect(try await store.submit(request("a")) == .existing(id: "a"))
    #expect(try store.ids() == ["a"])
  }

  @Test func theOrderIsThatOfTheSubmitsAlsoAfterTheNewestAreGone() async throws {
    for id in ["d", "b", "a", "c"] { try await store.submit(request(id)) }
    #expect(try store.ids() == ["d", "b", "a", "c"])
    for id in ["c", "a"] { try await store.end(id, outcome()) }
    try store.prune(now: .seconds(100 * 24 * 3600))
    try await store.submit(request("0"))
    #expect(try store.pending().map(\.sequence) == [1, 2, 5])
  }

  @Test func aResultThatIsNotKeptGoesSoonAfterItWasRead() async throws {
    let folder = try TemporaryFolder()
    let store = try RequestStore.open(folder: folder.path, now: { .seconds(100) })
    try await store.submit(request("a", isKept: false))
    try await store.submit(request("b"))
    for id in ["a", "b"] { try await store.end(id, outcome()) }
    #expect(try store.pruneSeen(now: .seconds(5000)) == 0, "nobody has read it")
    for id in ["a", "b"] { #expect(try await store.ended(id) != nil) }
    try await store.settle()
    #expect(try store.pruneSeen(now: .seconds(159)) == 0, "the answer may have been lost")
    #expect(try await store.ended("a") != nil)
    try await store.settle()
    #expect(try store.pruneSeen(now: .seconds(160)) == 1)
    #expect(try await store.ended("a") == nil)
    #expect(try await store.ended("b") != nil)
    try store.close()
  }
}
