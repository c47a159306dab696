import FoundationEssentials
import GRDB

/// Looks at a database before anything may write to it, so that one we cannot use stays as it is, byte for byte.
struct DatabaseCheck {
  /// So much is read through in a tenth of a second, with 900,000 facts. A larger file would keep callers waiting, and is
  /// not; SQLite still refuses a damaged page when it comes to it, and facts and snapshots are checked as they are read.
  static let quickCheckBytesMax = 64 << 20

  let folder: String
  var fileName = Schema.fileName
  var migrator = Schema.migrator
  private var path: String { "\(folder)/\(fileName)" }

  /// - Throws: `database-corrupt`, `database-newer` or `database-foreign`.
  func run() throws(StoreError) {
    guard let size = try Files.status(path)?.size, size > 0 else { return }
    let magic = "SQLite format 3\0"
    guard try Files.head(path, count: 16) == Array(magic.utf8) else {
      throw .corrupt(folder, fileName, reason: "it does not begin as a database does")
    }
    do {
      var configuration = Configuration()
      // Only looks: a connection that may write would bring the write-ahead log home when it is closed.
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { try check($0, size: size) }
      try queue.close()
    } catch {
      throw StoreError(error, writing: "the database", in: folder, file: fileName)
    }
  }

  private func check(_ database: Database, size: Int) throws {
    guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") != 0 else { return }
    guard try Int64.fetchOne(database, sql: "PRAGMA application_id") == Schema.applicationID else {
      throw StoreError(
        "database-foreign", "\(path) is not a database of Apolune. It was left as it is",
        fix: "Move it away, or give another folder with --data-dir.")
    }
    guard try !migrator.hasBeenSuperseded(database) else {
      throw StoreError(
        "database-newer", "\(path) was written by a newer version of Apolune. It was left as it is",
        fix: "Start that version, or give another folder with --data-dir.")
    }
    guard try !Schema.isClean(database), size <= Self.quickCheckBytesMax else { return }
    let problem = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
    guard problem == "ok" else { throw StoreError.corrupt(folder, fileName, reason: problem) }
  }
}
