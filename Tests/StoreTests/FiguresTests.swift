import AppModel
import EngineCore
import GRDB
import Glibc
import Queueing
import RunnerProtocol
import Testing

@testable import Store

/// Prints how long things take: `APOLUNE_FIGURES=1 swift test --filter FiguresTests`.
@Suite(.enabled(if: getenv("APOLUNE_FIGURES") != nil), .serialized) struct FiguresTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  private func ready(_ number: Int) -> Fact {
    let app = AppID(owner: "ada", name: "app\(number % 100)")
    return Fact(app, at: .seconds(Int64(number)), .runnerReady(RunnerID("abcdefgh\(number % 10000)")))
  }

  @Test func appends() throws {
    let store = try Store.open(folder: folder.path)
    for (count, synced, rounds) in [(1, false, 5000), (10, false, 2000), (100, false, 200), (1, true, 300), (10, true, 300)] {
      let facts = synced ? ticks(count - 1) + [promise()] : ticks(count)
      let taken = try seconds { for _ in 0..<rounds { try store.append(facts) } }
      print("append of \(count) facts\(synced ? ", synced" : ""): \(Int(taken / Double(rounds) * 1e6)) µs")
    }
    try store.close()
  }

  @Test func recovery() throws {
    let store = try Store.open(folder: folder.path)
    let million = 1_000_000
    let filled = try seconds {
      for start in stride(from: 0, to: million, by: 10_000) { try store.append((start..<start + 10_000).map(ready)) }
    }
    print("1,000,000 facts written in \(filled) s, \(try Files.status(folder.file("apolune.sqlite"))?.size ?? 0) bytes")
    print("recovery of 1,000,000 facts: \(try seconds { _ = try store.recover() }) s")
    print("history of 100 among them: \(try seconds { _ = try store.history(app: ready(50).app, before: 500_000) }) s")
    try store.snapshot(store.recover().state, at: store.lastSequence)
    print("recovery from a snapshot: \(try seconds { _ = try store.recover() }) s")
    print("closing: \(try seconds { try store.close() }) s")
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    try queue.write { try Schema.setClean(false, $0) }
    try queue.close()
    var reopened: Store?
    print("opening after a kill: \(try seconds { reopened = try Store.open(folder: folder.path) }) s")
    try reopened?.close()
  }

  @Test func snapshots() throws {
    let store = try Store.open(folder: folder.path)
    for number in 0..<10_000 {
      let app = AppID(owner: "ada", name: "app\(number)")
      let runners = (0..<10).map { runner in
        let id = RunnerID("r\(number)x\(runner)")
        return Fact(app, at: .seconds(1), .runnerRequested(id, RevisionID("words-1"), .demand))
      }
      try store.append(story(1...2, app: app) + runners)
    }
    var recovered = Recovered(state: EngineState(), sequence: 0, snapshot: 0, warnings: [])
    print("recovery of 10,000 apps and 100,000 runners: \(try seconds { recovered = try store.recover() }) s")
    print("a snapshot of them: \(try seconds { try store.snapshot(recovered.state, at: recovered.sequence) }) s")
    print("its size: \(store.snapshots.withLock { $0.size }) bytes")
    print("recovery from it: \(try seconds { recovered = try store.recover() }) s")
    #expect(recovered.snapshot == recovered.sequence)
    try store.close()
  }

  @Test func lines() throws {
    let logs = try LogFiles(folder: folder.path)
    let text = String(repeating: "log ", count: 25)
    let count = 200_000
    let appended = seconds {
      for number in 0..<count {
        logs.append(
          RunnerID("r\(number % 20)"),
          LogRecord(nanoseconds: UInt64(number), level: .info, source: .output, requestID: "", message: text))
      }
    }
    let written = try seconds { _ = try logs.read(RunnerID("r1"), LogQuery(last: 1)) }
    print("\(count) lines: \(Int(Double(count) / (appended + written))) lines/s, of which \(written) s after the last came")
    let kept = try (0..<20).reduce(0) { try $0 + logs.read(RunnerID("r\($1)"), LogQuery(last: 10_000)).count }
    print("\(kept) lines kept")
    print("the last 100: \(try seconds { _ = try logs.read(RunnerID("r1")) }) s")
    print("search in all: \(try seconds { _ = try logs.read(RunnerID("r1"), LogQuery(search: "nothing")) }) s")
  }

  /// Of the process, in bytes.
  private func residentBytes() throws -> Int {
    let file = try #require(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    _ = fgets(&line, 256, file)
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
      .compactMap { Int($0) }
    return try #require(words.dropFirst().first) * sysconf(Int32(_SC_PAGESIZE))
  }

  @Test func aLongQueue() async throws {
    let store = try RequestStore.open(folder: folder.path)
    let count = 100_000
    let headers = [
      ("content-type", "application/json"), ("accept", "application/json"), ("accept-encoding", "gzip, deflate"),
      ("user-agent", "fal-client/1.0.3 (python)"), ("x-fal-queue-priority", "normal"), ("x-forwarded-for", "192.168.100.200"),
      ("x-request-id", "4f6b8a1e-0c1d-4d0e-9b57-5b3f0f0a9d11"),
      ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ].map { RequestHead.Header($0, $1) }
    let filled = ContinuousClock.now
    for number in 0..<count {
      var request = QueuedRequest(
        id: "0b6f7c1e-5a7d-4c31-8f0a-\(100_000_000_000 + number)", app: AppID(owner: "ada", name: "words"), path: "/count",
        caller: Caller(id: "ada", key: "3f0c9d1b7a"), submittedAt: .seconds(Int64(number)))
      request.headers = headers
      store.write(.submitted(request, body: noise(500))) { _ in }
      if number % 1000 == 0 { try await store.settle() }
    }
    try await store.settle()
    print("\(count) submits: \(ContinuousClock.now - filled), \(store.syncedCommits.load(ordering: .relaxed)) commits")
    let before = try residentBytes()
    var pending: [PendingRequest] = []
    print("pending(): \(try seconds { pending = try store.pending() }) s")
    let listed = try residentBytes()
    var backlog = Backlog()
    print("into a backlog: \(seconds { for entry in pending { backlog.arrived(entry) } }) s")
    pending = []
    let kept = try residentBytes()
    print("pending(): +\((listed - before) >> 20) MB; with a backlog, and without the list: +\((kept - before) >> 20) MB")
    #expect(backlog.count == count)
    try store.close()
  }
}
