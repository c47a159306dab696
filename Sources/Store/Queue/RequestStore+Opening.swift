public import EngineCore
import GRDB
import Glibc

extension RequestStore {
  private static let busySecondsMax = 5.0
  static let logBytesKept = 80 << 20
  /// The log is brought home when it has so many pages, which stops the commits for a moment: not often, so that a page that
  /// many of them wrote is written once, and not for long.
  private static let logPagesMax = 16_000

  /// Of the indices by random ids, of which every submit touches another page; each connection has it.
  private static let cacheBytesMax = 16 << 20

  /// Opens the queue of a data folder, which the caller must hold: that is, have its `Store` open.
  ///
  /// - Throws: `database-corrupt`, `database-newer`, `database-foreign`, `disk-full` or `disk-failed`. The files are then as
  ///   they were.
  public static func open(
    folder: String, limits: QueueLimits = QueueLimits(), faults: (any DiskFaults)? = nil,
    now: @escaping @Sendable () -> Moment = { realTime() }
  ) throws(StoreError) -> RequestStore {
    try Files.makeFolder("\(folder)/\(QueueSchema.folderName)", mode: 0o700)
    try DatabaseCheck(folder: folder, fileName: QueueSchema.fileName, migrator: QueueSchema.migrator).run()
    let path = "\(folder)/\(QueueSchema.fileName)"
    // SQLite gives its other files the mode of this one.
    try Files.touch(path, mode: 0o600)
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(busySecondsMax)
      configuration.maximumReaderCount = readers
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA journal_size_limit = \(logBytesKept)")
        try database.execute(sql: "PRAGMA cache_size = -\(cacheBytesMax >> 10)")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(logPagesMax)")
      }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try QueueSchema.migrator.migrate(pool)
      let store = RequestStore(folder: folder, pool: pool, limits: limits, faults: faults, now: now)
      // After a kill there is nothing to write, and a full disk does not keep the server from starting.
      if try pool.read(Schema.isClean) { try pool.write { try Schema.setClean(false, $0) } }
      try pool.read(store.bodies.sweep)
      return store
    } catch {
      throw StoreError(error, writing: "the queue", in: folder, file: QueueSchema.fileName)
    }
  }

  public static func realTime() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
