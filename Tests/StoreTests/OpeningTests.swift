import EngineCore
import GRDB
import Glibc
import Testing

@testable import Store

@Suite struct OpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theFolderIsMadeForItsUserAlone() throws {
    let path = folder.file("deep/data")
    let store = try Store.open(folder: path + "/")
    #expect(store.folder == path)
    #expect(try mode(path) == 0o700)
    #expect(try mode("\(path)/apolune.sqlite") == 0o600)
    #expect(try mode("\(path)/apolune.sqlite-wal") == 0o600)
    try store.close()
  }

  @Test func aSecondServerIsRefusedAndToldTheProcessOfTheFirst() throws {
    let store = try Store.open(folder: folder.path)
    let refused = try problem { try Store.open(folder: folder.path) }
    #expect(refused.code == "data-folder-in-use")
    #expect(refused.message.contains("is used by process \(getpid())"))
    try store.close()
    try Store.open(folder: folder.path).close()
  }

  @Test func aFileWhereTheFolderShouldBeIsTold() throws {
    try folder.write([], to: "data")
    #expect(try problem { try Store.open(folder: folder.file("data")) }.code == "folder-not-usable")
    #expect(try problem { try Store.open(folder: folder.file("data/in")) }.code == "folder-not-usable")
  }

  enum Damage: CaseIterable {
    case text, headOnly, zeroes, truncated, pages
  }

  @Test(arguments: Damage.allCases) func aDamagedFileIsRefusedAndKeptByteForByte(damage: Damage) throws {
    let good = try Self.database(facts: 3000)
    let bytes: [UInt8] =
      switch damage {
      case .text: Array("Dear diary, today the disk was replaced.\n".utf8)
      case .headOnly: Array("SQLite format 3\0".utf8) + Array("and so on".utf8)
      case .zeroes: [UInt8](repeating: 0, count: 8192)
      case .truncated: Array(good.prefix(good.count / 2))
      // The first page, with the tables' names, stays.
      case .pages: Array(good.prefix(16384)) + good.dropFirst(16384).map { $0 ^ 0x55 }
      }
    try folder.write(bytes, to: "apolune.sqlite")
    let refused = try problem { try Store.open(folder: folder.path) }
    #expect(refused.code == "database-corrupt")
    #expect(refused.fix?.contains("backup") == true)
    #expect(try folder.bytes("apolune.sqlite") == bytes)
  }

  @Test func theLogOfADamagedFileIsKeptToo() throws {
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(3000))
    try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try store.append(ticks(10))
    let image = try folder.crashImage()
    try store.close()
    let damaged = try image.bytes("apolune.sqlite").enumerated().map { $0 < 16384 ? $1 : $1 ^ 0x55 }
    try image.write(damaged, to: "apolune.sqlite")
    let log = try image.bytes("apolune.sqlite-wal")
    try #require(!log.isEmpty)
    #expect(try problem { try Store.open(folder: image.path) }.code == "database-corrupt")
    #expect(try image.bytes("apolune.sqlite") == damaged)
    #expect(try image.bytes("apolune.sqlite-wal") == log)
  }

  /// Of a server that was killed, with all of it in the one file.
  private static func database(facts: Int) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(facts))
    try store.close()
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    try queue.write { try Schema.setClean(false, $0) }
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try queue.close()
    return try folder.bytes("apolune.sqlite")
  }

  @Test func aDatabaseOfANewerVersionIsRefusedAndKept() throws {
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(3))
    try store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('of a newer version')") }
    try store.close()
    let before = try folder.bytes("apolune.sqlite")
    let refused = try problem { try Store.open(folder: folder.path) }
    #expect(refused.code == "database-newer")
    #expect(try folder.bytes("apolune.sqlite") == before)
  }

  @Test func anotherProgramsDatabaseIsRefusedAndKept() throws {
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    try queue.write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
    try queue.close()
    let before = try folder.bytes("apolune.sqlite")
    #expect(try problem { try Store.open(folder: folder.path) }.code == "database-foreign")
    #expect(try folder.bytes("apolune.sqlite") == before)
  }

  @Test func anEmptyFileIsTakenForANewDatabase() throws {
    try folder.write([], to: "apolune.sqlite")
    try Store.open(folder: folder.path).close()
  }

  @Test func whetherTheLastServerCameToAnEndIsKnown() throws {
    let store = try Store.open(folder: folder.path)
    #expect(try store.pool.read(Schema.isClean) == false)
    try store.close()
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    #expect(try queue.read(Schema.isClean) == true)
  }

  @Test func closingBringsTheLogHome() throws {
    let store = try Store.open(folder: folder.path)
    try store.append(ticks(10))
    try store.close()
    #expect(try Files.status(folder.file("apolune.sqlite-wal"))?.size ?? 0 == 0)
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    #expect(try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM facts") } == 10)
  }
}
