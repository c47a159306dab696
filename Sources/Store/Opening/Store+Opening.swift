import GRDB
import Glibc

extension Store {
  /// How long a write waits for another process that has the database open, a shell of sqlite3 say.
  private static let busySecondsMax = 5.0
  /// The write-ahead log is cut to this when it was larger for once, after a long read say.
  private static let logBytesKept = 64 << 20
  /// Readers at once: history, followers of facts and the recovery wait for each other beyond it.
  private static let readersMax = 4

  /// Opens the data folder, which is made if it is not there.
  ///
  /// - Parameter faults: has the disk fail, in a simulation.
  /// - Throws: `folder-not-usable`, `data-folder-in-use`, `database-corrupt`, `database-newer`, `database-foreign`,
  ///   `disk-full` or `disk-failed`. The files are then as they were.
  public static func open(folder: String, faults: (any DiskFaults)? = nil) throws(StoreError) -> Store {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    do throws(StoreError) {
      for path in [folder, blobs(in: folder), bundles(in: folder)] { try Files.makeFolder(path, mode: 0o700) }
    } catch {
      throw error.code == "disk-full" ? error : StoreError("folder-not-usable", error.message)
    }
    let lock = try FolderLock(folder: folder)
    try DatabaseCheck(folder: folder).run()
    try removeUnfinished(in: folder)
    let path = "\(folder)/\(Schema.fileName)"
    // SQLite gives its other files the mode of this one.
    try Files.touch(path, mode: 0o600)
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(busySecondsMax)
      configuration.maximumReaderCount = readersMax
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_size_limit = \(logBytesKept)") }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
      let store = try Store(folder: folder, lock: lock, pool: pool, faults: faults)
      // After a kill there is nothing to write, and a full disk does not keep the server from starting.
      if try pool.read(Schema.isClean) { try pool.write { try Schema.setClean(false, $0) } }
      return store
    } catch {
      throw StoreError(error, writing: "the database", in: folder)
    }
  }
}
