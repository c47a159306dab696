import GRDB

/// The tables of the queue, and how those of older versions become today's.
enum QueueSchema {
  static let fileName = "queue.sqlite"
  /// Where bodies lie that are too large for a row.
  static let folderName = "queue"

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(sql: version1)
      try Schema.setClean(true, database)
      try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    }
    return migrator
  }

  /// Bodies have tables of their own, so that the queue can be read at the start without them. What is still to be done is
  /// found by partial indices, which stay as small as that is.
  /// A file's name stands before what is long in its row, so that it is read without that.
  private static let version1 = """
    CREATE TABLE server (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE requests (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
      owner TEXT NOT NULL, name TEXT NOT NULL, environment TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL,
      path TEXT NOT NULL, headers BLOB NOT NULL, flags INTEGER NOT NULL, submitted_at INTEGER NOT NULL, start_by INTEGER,
      retries TEXT,
      webhook TEXT, idempotency_key TEXT, hint TEXT,
      attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER, started_at INTEGER, runner TEXT,
      ended_at INTEGER, size INTEGER, seen_at INTEGER);
    CREATE UNIQUE INDEX requests_by_key ON requests (idempotency_key, user, owner, name, environment)
      WHERE idempotency_key IS NOT NULL;
    CREATE INDEX requests_pending ON requests (sequence) WHERE ended_at IS NULL;
    CREATE INDEX requests_ended ON requests (ended_at, size) WHERE ended_at IS NOT NULL;
    CREATE INDEX requests_seen ON requests (seen_at) WHERE seen_at IS NOT NULL;
    CREATE TABLE bodies (sequence INTEGER PRIMARY KEY, file TEXT, bytes BLOB);
    CREATE INDEX bodies_by_file ON bodies (file) WHERE file IS NOT NULL;
    CREATE TABLE outcomes (
      sequence INTEGER PRIMARY KEY, status INTEGER NOT NULL, error_type TEXT NOT NULL, headers BLOB NOT NULL,
      started_at INTEGER, runner TEXT, attempts INTEGER NOT NULL, file TEXT, logs BLOB, bytes BLOB);
    CREATE INDEX outcomes_by_file ON outcomes (file) WHERE file IS NOT NULL;
    CREATE TABLE deliveries (
      sequence INTEGER PRIMARY KEY, target TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL,
      is_dead INTEGER NOT NULL DEFAULT 0, problem TEXT);
    CREATE INDEX deliveries_by_time ON deliveries (next_at) WHERE is_dead = 0;
    CREATE INDEX deliveries_by_target ON deliveries (target, next_at) WHERE is_dead = 0;
    """
}
