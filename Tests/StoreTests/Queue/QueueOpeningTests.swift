import EngineCore
import GRDB
import Glibc
import Queueing
import Synchronization
import Testing

@testable import Store

@Suite struct QueueOpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func itsFilesAreForTheirUserAlone() async throws {
    let store = try RequestStore.open(folder: folder.path)
    try await store.submit(request("a"))
    #expect(try mode(folder.file("queue.sqlite")) == 0o600)
    #expect(try mode(folder.file("queue.sqlite-wal")) == 0o600)
    #expect(try mode(folder.file("queue")) == 0o700)
    try store.close()
  }

  @Test func closingBringsTheLogHomeAndNotesThatAllIsWell() async throws {
    let store = try RequestStore.open(folder: folder.path)
    #expect(try await store.pool.read(Schema.isClean) == false)
    try await store.submit(request("a"))
    try store.close()
    #expect(try Files.status(folder.file("queue.sqlite-wal"))?.size ?? 0 == 0)
    let queue = try DatabaseQueue(path: folder.file("queue.sqlite"))
    #expect(try await queue.read(Schema.isClean) == true)
  }

  @Test func filesThatNoRequestNamesAreSweptAndOthersStay() async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 10
    let store = try RequestStore.open(folder: folder.path, limits: limits)
    try await store.submit(request("a"), "more than ten bytes")
    try await store.submit(request("b"), "more than ten bytes")
    try await store.end("b", outcome("more than ten bytes"))
    let before = try Set(store.files)
    try store.close()
    try folder.write([1, 2, 3], to: "queue/left-by-a-kill")
    let reopened = try RequestStore.open(folder: folder.path)
    #expect(try Set(reopened.files) == before)
    #expect(before.count == 2)
    #expect(try await reopened.body(of: "a") != nil)
    #expect(try await reopened.ended("b") != nil)
    try reopened.close()
  }

  @Test func whatIsSweptIsFoundByAnIndex() throws {
    let store = try RequestStore.open(folder: folder.path)
    for table in ["bodies", "outcomes"] {
      let plan = try store.pool.read { database in
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN SELECT 1 FROM \(table) WHERE file = 'x'").map { $0[3] as String }
      }
      #expect(plan.allSatisfy { $0.contains("\(table)_by_file") }, "\(plan)")
    }
    try store.close()
  }

  @Test func aFileThatIsGoneIsAnUnknownBodyAndNoError() async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 10
    let store = try RequestStore.open(folder: folder.path, limits: limits)
    for id in ["a", "b"] { try await store.submit(request(id), "more than ten bytes") }
    try await store.end("b", outcome("more than ten bytes"))
    for name in try store.files { unlink(folder.file("queue/\(name)")) }
    #expect(try await store.body(of: "a") == nil)
    #expect(try await store.ended("b") == nil)
    #expect(try await store.end("a", outcome("x")) == .done)
    try store.close()
  }

  private final class Progress: Sendable {
    let acknowledged = Mutex<(submitted: Set<String>, ended: Set<String>)>(([], []))
    let isOver = Atomic(false)
  }

  /// While 8 tasks write, what is on the disk is copied as it is: at the end of the log there may be half a commit.
  @Test func copiesAtAnyMomentHaveAllThatWasAcknowledgedBefore() async throws {
    let store = try RequestStore.open(folder: folder.path)
    // So that the database and its log can be copied one after the other.
    try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
    let progress = Progress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          var number = 0
          while !progress.isOver.load(ordering: .relaxed) {
            let id = "\(task)-\(number)"
            _ = try await store.write(.submitted(request(id), body: noise(number % 3000))).get()
            progress.acknowledged.withLock { _ = $0.submitted.insert(id) }
            if number % 2 == 0 {
              try await store.end(id, outcome(noise(number % 3000)))
              progress.acknowledged.withLock { _ = $0.ended.insert(id) }
            }
            number += 97
          }
        }
      }
      defer { progress.isOver.store(true, ordering: .relaxed) }
      var enough = 20
      for _ in 0..<6 {
        while progress.acknowledged.withLock({ $0.submitted.count }) < enough { await Task.yield() }
        enough += 35
        let known = progress.acknowledged.withLock { $0 }
        let image = try folder.queueImage()
        let recovered = try RequestStore.open(folder: image.path)
        let pending = try Set(recovered.ids())
        for id in known.ended {
          let found = try await recovered.ended(id)
          #expect(found?.outcome.body.count == (Int(id.split(separator: "-")[1]) ?? 0) % 3000)
        }
        for id in known.submitted.subtracting(known.ended) where !pending.contains(id) {
          #expect(try await recovered.ended(id) != nil, "it is pending or has ended")
        }
        for id in pending { #expect(try await recovered.body(of: id) != nil) }
        try recovered.close()
      }
    }
    try store.close()
  }

  enum Damage: CaseIterable {
    case text, headOnly, zeroes, truncated, pages
  }

  @Test(arguments: Damage.allCases) func aDamagedFileIsRefusedAndKeptByteForByte(damage: Damage) async throws {
    let good = try await database()
    let bytes: [UInt8] =
      switch damage {
      case .text: Array("Dear diary, today the disk was replaced.\n".utf8)
      case .headOnly: Array("SQLite format 3\0".utf8) + Array("and so on".utf8)
      case .zeroes: [UInt8](repeating: 0, count: 8192)
      case .truncated: Array(good.prefix(good.count / 2))
      // The first pages, with the tables' names, stay.
      case .pages: Array(good.prefix(65536)) + good.dropFirst(65536).map { $0 ^ 0x55 }
      }
    let other = try TemporaryFolder()
    try other.write(bytes, to: "queue.sqlite")
    let refused = try problem { try RequestStore.open(folder: other.path) }
    #expect(refused.code == "database-corrupt")
    #expect(refused.message.contains("queue.sqlite"))
    #expect(refused.fix?.contains("backup") == true)
    #expect(try other.bytes("queue.sqlite") == bytes)
  }

  /// Of a server that was killed, with all of it in the one file.
  private func database() async throws -> [UInt8] {
    let store = try RequestStore.open(folder: folder.path)
    for number in 0..<300 {
      store.write(.submitted(request("\(number)"), body: noise(700))) { _ in }
    }
    try await store.settle()
    try store.close()
    let queue = try DatabaseQueue(path: folder.file("queue.sqlite"))
    try await queue.write { try Schema.setClean(false, $0) }
    try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try queue.close()
    return try folder.bytes("queue.sqlite")
  }

  @Test func aDatabaseOfANewerVersionIsRefusedAndKept() async throws {
    let store = try RequestStore.open(folder: folder.path)
    try await store.submit(request("a"))
    try await store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('of a newer version')") }
    try store.close()
    let before = try folder.bytes("queue.sqlite")
    #expect(try problem { try RequestStore.open(folder: folder.path) }.code == "database-newer")
    #expect(try folder.bytes("queue.sqlite") == before)
  }
}
