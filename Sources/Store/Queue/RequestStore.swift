import Dispatch
import EngineCore
import FoundationEssentials
import GRDB
import Queueing
import Synchronization

/// The queue's requests and outcomes, in a database of their own beside the server's.
///
/// A writer takes everything that waits, writes it in one transaction, and answers all of it after the commit: one fsync
/// for as many requests as came while the last one ran. The folder belongs to the process that has the `Store` open.
public final class RequestStore: Sendable {
  /// Called after a commit with an outcome that is to be delivered; on the writer's thread.
  public typealias DeliveryCall = @Sendable () -> Void

  static let readers = 4
  /// Large bodies that are written to their files at once: a second one need not wait for the end of a very large one.
  private static let spools = 2

  public let folder: String
  let pool: DatabasePool
  let limits: QueueLimits
  let bodies: QueueBodies
  let faults: (any DiskFaults)?
  let intake: Mutex<QueueIntake>
  let onDelivery = Mutex<DeliveryCall?>(nil)
  /// Files of bodies that nobody needs and that could not be removed yet.
  let unremoved = Mutex<[String]>([])
  /// Real time; for what is written down on nobody's order.
  let now: @Sendable () -> Moment
  /// Commits that waited for the disk.
  let syncedCommits = Atomic(0)
  let waitingReads = Atomic(0)
  let writer = DispatchQueue(label: "apolune.queue.writer", qos: .userInitiated)
  /// Write large bodies, which no commit has to wait for then.
  let spools = (0..<spools).map { DispatchQueue(label: "apolune.queue.spool.\($0)", qos: .userInitiated) }
  let nextSpool = Atomic(0)
  private let readQueues = (0..<readers).map { DispatchQueue(label: "apolune.queue.reader.\($0)", qos: .userInitiated) }
  private let nextReader = Atomic(0)
  /// What `PRAGMA synchronous` is set to; looked at on the database's writer alone.
  private let isSynced = Mutex(false)

  init(
    folder: String, pool: DatabasePool, limits: QueueLimits, faults: (any DiskFaults)?, now: @escaping @Sendable () -> Moment
  ) {
    self.folder = folder
    self.pool = pool
    self.limits = limits
    self.faults = faults
    self.now = now
    bodies = QueueBodies(folder: "\(folder)/\(QueueSchema.folderName)", rowBytesMax: limits.rowBytesMax)
    intake = Mutex(QueueIntake(limits))
  }

  /// Writes what waits, and takes nothing more.
  public func close() throws(StoreError) {
    intake.withLock { $0.isClosed = true }
    for queue in spools { queue.sync {} }
    writer.sync {}
    for queue in readQueues { queue.sync {} }
    do throws(StoreError) {
      try transaction("the end of the server", synced: true) { try Schema.setClean(true, $0) }
      try attempt("the queue") {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      }
    } catch {
      // On a full disk, say. What was acknowledged is in the log, and found there.
      try attempt("the queue") { try pool.close() }
      throw error
    }
    try attempt("the queue") { try pool.close() }
  }

  /// Asked to call when there is something to deliver.
  public func onDelivery(_ call: DeliveryCall?) { onDelivery.withLock { $0 = call } }

  /// Runs `body` on a reader's thread; `then` gets what it returns.
  func read<Value: Sendable>(
    _ what: String, _ body: @escaping @Sendable (Database) throws -> Value,
    then: @escaping @Sendable (Result<Value, QueueFailure>) -> Void
  ) {
    guard waitingReads.wrappingAdd(1, ordering: .relaxed).newValue <= limits.readsMax else {
      waitingReads.wrappingSubtract(1, ordering: .relaxed)
      return then(.failure(QueueFailure(code: "queue-busy", message: "too many reads of the queue wait already")))
    }
    let turn = nextReader.wrappingAdd(1, ordering: .relaxed).newValue
    readQueues[Int(UInt(bitPattern: turn) % UInt(Self.readers))].async { [self] in
      let result = Result { () throws(StoreError) in try attempt(what) { try pool.read(body) } }
      waitingReads.wrappingSubtract(1, ordering: .relaxed)
      then(result.mapError { QueueFailure($0) })
    }
  }

  /// Runs `body` in a transaction: all of it is written, or nothing.
  func transaction(_ what: String, synced: Bool, _ body: (Database) throws -> Void) throws(StoreError) {
    try attempt(what) {
      try pool.writeWithoutTransaction { database in
        try setSynced(synced, database)
        try faults?.reach(.write)
        try database.inTransaction(.immediate) {
          try body(database)
          try faults?.reach(.commit)
          return .commit
        }
        if synced { syncedCommits.wrappingAdd(1, ordering: .relaxed) }
        try faults?.reach(.answer)
      }
    }
  }

  func attempt<Value>(_ what: String, _ body: () throws -> Value) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreError(error, writing: what, in: folder, file: QueueSchema.fileName)
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

extension QueueFailure {
  init(_ error: StoreError) { self.init(code: error.code, message: error.message) }
}
