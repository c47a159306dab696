import GRDB

/// The tables, and how those of older versions become today's.
enum Schema {
  static let fileName = "apolune.sqlite"
  /// "Apol": tells our database from another's.
  static let applicationID: Int64 = 0x41_70_6F_6C

  /// Each version only adds a migration; what was released is never changed.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(sql: version1)
      try setClean(true, database)
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    }
    migrator.registerMigration("2") { try $0.execute(sql: version2) }
    migrator.registerMigration("files-1") { try $0.execute(sql: files1) }
    migrator.registerMigration("usage-1") { try $0.execute(sql: UsageSchema.version1) }
    return migrator
  }

  /// What callers uploaded. An upload that is not whole has no size yet; one that is never finished is swept.
  private static let files1 = """
    CREATE TABLE files (
      id TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, is_private INTEGER NOT NULL,
      upload TEXT, size INTEGER, etag TEXT, created_at INTEGER NOT NULL, expires_at INTEGER) WITHOUT ROWID;
    """

  /// An app is a small number in each fact, which keeps the index short. The primary key of facts is also the order in
  /// which they happened, without a hole, so that a missing one is noticed.
  private static let version1 = """
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
    """

  /// Users and their keys. Times of keys are seconds since 1970; `digest` is never the secret.
  private static let version2 = """
    CREATE TABLE users (name TEXT PRIMARY KEY NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE keys (
      id TEXT PRIMARY KEY NOT NULL, user TEXT NOT NULL, preset TEXT NOT NULL, description TEXT, created_at REAL NOT NULL,
      expires_at REAL, concurrency INTEGER, digest BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX keys_by_user ON keys (user);
    """

  /// Whether the last process that had the database closed it.
  static func isClean(_ database: Database) throws -> Bool {
    try String.fetchOne(database, sql: "SELECT value FROM server WHERE name = 'is_clean'") == "yes"
  }

  static func setClean(_ isClean: Bool, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO server (name, value) VALUES ('is_clean', ?)", arguments: [isClean ? "yes" : "no"])
  }
}
