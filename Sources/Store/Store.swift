import EngineCore
import GRDB
import Synchronization

/// All that a server remembers, in one folder: facts, snapshots, bundles, settings and environments.
///
/// One process at a time owns the folder. Every call blocks on the disk; none may be made on an event loop.
public final class Store: Sendable {
  /// The data folder, absolute or relative to the process.
  public let folder: String
  let pool: DatabasePool
  let journal: Mutex<JournalWriter>
  /// Of the newest fact that is safe.
  let lastWritten: Atomic<Int64>
  let snapshots: Mutex<SnapshotMark>
  /// Held while a snapshot is written: one at a time.
  let snapshotting = Mutex(())
  /// Files of bundles are made and removed one at a time.
  let bundles = Mutex(BundleFolderState())
  private let lock: FolderLock
  private let faults: (any DiskFaults)?
  /// What `PRAGMA synchronous` is set to; looked at on the writer's queue alone.
  private let isSynced = Mutex(false)

  init(folder: String, lock: FolderLock, pool: DatabasePool, faults: (any DiskFaults)?) throws {
    self.folder = folder
    self.lock = lock
    self.pool = pool
    self.faults = faults
    let (last, mark) = try pool.read { database in
      (try JournalWriter.lastSequence(in: database), try SnapshotMark(newestIn: database))
    }
    journal = Mutex(JournalWriter(next: last + 1))
    lastWritten = Atomic(last)
    snapshots = Mutex(mark)
  }

  /// Notes that everything is in order, and lets another process have the folder. Nothing may be called afterwards.
  public func close() throws(StoreError) {
    try write("the end of the server", synced: true) { try Schema.setClean(true, $0) }
    try attempt("the database") {
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      try pool.close()
    }
    lock.release()
  }
}

extension Store {
  /// Runs `body` in a transaction: all of it is written, or nothing.
  ///
  /// - Parameter synced: whether it must survive a power failure, and not only the end of this process. What was written
  ///   before it survives with it.
  func write(_ what: String, synced: Bool, _ body: (Database) throws -> Void) throws(StoreError) {
    try attempt(what) {
      try pool.writeWithoutTransaction { database in
        try setSynced(synced, database)
        try faults?.reach(.write)
        try database.inTransaction(.immediate) {
          try body(database)
          try faults?.reach(.commit)
          return .commit
        }
        try faults?.reach(.answer)
      }
    }
  }

  func read<Value>(_ what: String, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try attempt(what) { try pool.read(body) }
  }

  /// Tells errors of SQLite in words.
  func attempt<Value>(_ what: String, _ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreError(error, writing: what, in: folder)
    }
  }

  /// SQLite ignores the change within a transaction, and reads it at the commit of the next one.
  private func setSynced(_ synced: Bool, _ database: Database) throws {
    try isSynced.withLock { current in
      guard current != synced else { return }
      try database.execute(sql: synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
      current = synced
    }
  }
}
