import EngineCore
import GRDB
import Testing

@testable import Store

@Suite struct MigrationTests {
  /// A database as version 1 made it, with what it held. Released versions never change: neither may this text.
  private static let version1 = """
    PRAGMA journal_mode = WAL;
    PRAGMA application_id = 1097887596;
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('1');
    CREATE TABLE server (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE apps (
      id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, environment TEXT NOT NULL,
      UNIQUE (owner, name, environment));
    CREATE TABLE facts (
      sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, app INTEGER NOT NULL, change BLOB NOT NULL);
    CREATE INDEX facts_by_app ON facts (app);
    CREATE TABLE snapshots (
      sequence INTEGER PRIMARY KEY, size INTEGER NOT NULL, digest BLOB NOT NULL, is_whole INTEGER NOT NULL);
    CREATE TABLE snapshot_parts (
      sequence INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (sequence, part));
    CREATE TABLE bundles (hash TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, files BLOB NOT NULL);
    CREATE TABLE settings (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
    CREATE TABLE environments (name TEXT PRIMARY KEY NOT NULL, description TEXT, created_at INTEGER NOT NULL);
    INSERT INTO server VALUES ('is_clean', 'no');
    INSERT INTO apps VALUES (1, 'ada', 'words', 'main');
    INSERT INTO facts VALUES (1, 1000000000, 1, CAST('{"inputIgnored":{}}' AS BLOB));
    INSERT INTO facts VALUES (2, 2000000000, 1, CAST('{"aliasMoved":{"to":"words-1"}}' AS BLOB));
    INSERT INTO settings VALUES ('color', 'blue');
    INSERT INTO environments VALUES ('staging', NULL, 3000000000);
    """

  @Test func aDatabaseOfVersion1IsReadAndGoesOn() throws {
    let folder = try TemporaryFolder()
    let queue = try DatabaseQueue(path: folder.file("apolune.sqlite"))
    try queue.writeWithoutTransaction { try $0.execute(sql: Self.version1) }
    try queue.close()
    let store = try Store.open(folder: folder.path)
    #expect(try store.history(app: .words).map(\.fact) == [promise(), ticks(1)[0]])
    #expect(try store.setting("color") == "blue")
    #expect(try store.environments().map(\.name) == ["main", "staging"])
    #expect(try store.record(ticks(1)) == 3)
    #expect(try store.recover().sequence == 3)
    try store.close()
  }

  @Test func version1StaysAsItWasReleased() throws {
    let old = try DatabaseQueue()
    try old.writeWithoutTransaction { try $0.execute(sql: Self.version1) }
    let new = try DatabaseQueue()
    try Schema.migrator.migrate(new, upTo: "1")
    let tables = "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'grdb%' ORDER BY name"
    #expect(try new.read { try String?.fetchAll($0, sql: tables) } == old.read { try String?.fetchAll($0, sql: tables) })
  }
}
