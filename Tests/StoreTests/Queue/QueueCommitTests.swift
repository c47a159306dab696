import EngineCore
import Queueing
import Synchronization
import Testing

@testable import Store

@Suite struct QueueCommitTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func submitsThatComeAtOnceShareTheirWaitForTheDisk() async throws {
    let store = try RequestStore.open(folder: folder.path)
    let (clients, each) = (64, 20)
    await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<clients {
        group.addTask { for number in 0..<each { try await store.submit(request("\(client)-\(number)")) } }
      }
    }
    let submits = clients * each
    #expect(try store.pending().count == submits)
    let commits = store.syncedCommits.load(ordering: .relaxed)
    #expect(commits >= each, "a client waits for its commit")
    #expect(commits < submits / 4)
    // Those of each client in its order.
    let ids = try store.ids()
    for client in ["0", "63"] {
      #expect(ids.filter { $0.hasPrefix("\(client)-") } == (0..<each).map { "\(client)-\($0)" })
    }
    try store.close()
  }

  @Test func whatNobodyWaitsForDoesNotWaitForTheDisk() async throws {
    let store = try RequestStore.open(folder: folder.path)
    try await store.submit(request("a"))
    let commits = store.syncedCommits.load(ordering: .relaxed)
    _ = await store.write(.started(id: "a", attempt: 1, runner: RunnerID("r1"), at: .seconds(3)))
    _ = await store.write(.requeued(id: "a", notBefore: .seconds(5)))
    #expect(store.syncedCommits.load(ordering: .relaxed) == commits)
    try await store.end("a", outcome())
    #expect(store.syncedCommits.load(ordering: .relaxed) == commits + 1)
    try store.close()
  }

  @Test func largeBodiesLieInFilesAndComeBackWhole() async throws {
    let store = try RequestStore.open(folder: folder.path)
    let body = noise(3 << 20)
    #expect(try await store.write(.submitted(request("a"), body: body)).get() == .done)
    #expect(try store.files.count == 1)
    #expect(try mode("\(folder.path)/queue/\(store.files[0])") == 0o600)
    #expect(try await store.body(of: "a") == body)
    let result = noise(100 << 20)
    try await store.end("a", outcome(result))
    #expect(try store.files.count == 1, "the body of the request is gone, and that of the result is there")
    #expect(try await store.ended("a")?.outcome.body == result)
    #expect(try await store.end("a", outcome(result)) == .alreadyEnded)
    #expect(try await store.write(.submitted(request("a"), body: body)).get() == .existing(id: "a"))
    #expect(try store.files.count == 1)
    try store.prune(now: .seconds(9 + 24 * 3600))
    #expect(try store.files == [])
    try store.close()
  }

  @Test func aBodyIsInTheRowUpToTheLimitAndInAFileBeyondIt() async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 10
    let store = try RequestStore.open(folder: folder.path, limits: limits)
    try await store.submit(request("a"), "0123456789")
    #expect(try store.files == [])
    try await store.submit(request("b"), "0123456789a")
    #expect(try store.files.count == 1)
    #expect(try await store.body(of: "b") == Array("0123456789a".utf8))
    try store.close()
  }

  /// The disk stands still while `held` is held.
  private final class StillDisk: DiskFaults {
    let held = Mutex(())
    func reach(_ step: DiskStep) throws(StoreError) {
      if step == .commit { held.withLock { _ in } }
    }
  }

  @Test(arguments: [(writes: 3, bytes: 1000), (writes: 100, bytes: 30)])
  func whatComesWhileTheDiskStandsStillIsBoundedAndTheEndOfWhatWasAcknowledgedGoesFirst(writes: Int, bytes: Int) async throws {
    let disk = StillDisk()
    var limits = QueueLimits()
    (limits.writesMax, limits.writeBytesMax) = (writes, bytes)
    let store = try RequestStore.open(folder: folder.path, limits: limits, faults: disk)
    try await store.submit(request("old"), "")
    let results = Mutex<[String: Result<QueueWritten, QueueFailure>]>([:])
    // Held on this thread, without a suspension.
    disk.held.withLock { _ in
      for id in ["a", "b", "c", "d", "e"] {
        store.write(.submitted(request(id), body: Array("0123456789".utf8))) { result in results.withLock { $0[id] = result } }
      }
      store.write(.ended(id: "old", outcome("0123456789"))) { result in results.withLock { $0["old"] = result } }
      // Refused at once, before the disk goes on.
      let refused = results.withLock { $0 }
      #expect(Set(refused.keys) == ["d", "e"])
      for result in refused.values { #expect(throws: QueueFailure.self) { try result.get() } }
    }
    try await store.settle()
    let ended = results.withLock { $0 }
    for id in ["a", "b", "c", "old"] { #expect(try ended[id]?.get() == .done) }
    #expect(try await store.submit(request("f"), "0123456789") == .done, "there is room again")
    #expect(store.intake.withLock { $0.count } == 0)
    #expect(store.intake.withLock { $0.bytes } == 0)
    try store.close()
  }

  @Test func whatWaitsIsWrittenBeforeTheEndAndNothingIsTakenAfterIt() async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 100
    let store = try RequestStore.open(folder: folder.path, limits: limits)
    let done = Atomic(0)
    for number in 0..<200 {
      store.write(.submitted(request("\(number)"), body: noise(number))) { result in
        if case .success(.done) = result { done.add(1, ordering: .relaxed) }
      }
    }
    try store.close()
    #expect(done.load(ordering: .relaxed) == 200)
    let refused = await store.write(.submitted(request("late"), body: []))
    #expect(throws: QueueFailure(code: "queue-closed", message: "the server is stopping")) { try refused.get() }
    let reopened = try RequestStore.open(folder: folder.path)
    #expect(try reopened.pending().count == 200)
    try reopened.close()
  }
}
