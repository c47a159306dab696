import GRDB
import Glibc

extension StoreError {
  /// Less than this is too little for SQLite to grow its files by.
  private static let freeBytesMin: UInt64 = 1 << 20

  /// What went wrong while `what` was read or written.
  init(_ error: any Error, writing what: String, in folder: String, file: String = Schema.fileName) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self.init(error, what, folder, file)
    default: self.init("store-failed", "\(what) in \(folder): \(error)")
    }
  }

  private init(_ error: DatabaseError, _ what: String, _ folder: String, _ file: String) {
    switch error.resultCode {
    case .SQLITE_FULL:
      self = .full("\(what) in \(folder)")
    case .SQLITE_IOERR where Self.isFull(folder):
      // Not every failure to grow a file is told as SQLITE_FULL: that of the shared memory is not.
      self = .full("\(what) in \(folder)")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self = .corrupt(folder, file, reason: error.message ?? "not a database")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        "database-busy", "\(what) in \(folder): another process holds the database",
        fix: "End what has \(folder)/\(file) open, such as a shell of sqlite3 in a transaction.")
    default:
      self.init("disk-failed", "\(what) in \(folder): \(error.message ?? "the disk failed") (SQLite \(error.extendedResultCode))")
    }
  }

  /// A call to the system failed with `code`: `path` cannot be read, or written, or ….
  static func posix(_ code: Int32, _ what: String, _ path: String) -> StoreError {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: .full(path)
    default: StoreError("disk-failed", "\(path) \(what): \(String(cString: strerror(code)))")
    }
  }

  private static func full(_ what: String) -> StoreError {
    StoreError(
      "disk-full", "the disk is full: \(what) cannot be written",
      fix: "Free some space; the server goes on by itself.")
  }

  static func corrupt(_ folder: String, _ file: String, reason: String) -> StoreError {
    StoreError(
      "database-corrupt", "\(folder)/\(file) is damaged: \(reason). It was left as it is",
      fix: "Put a copy from a backup in its place, or move it away (with its -wal and -shm files) to begin anew. "
        + "`sqlite3 \(file) .recover` saves what can be read.")
  }

  private static func isFull(_ folder: String) -> Bool {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return false }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize) < freeBytesMin
  }
}
