public import EngineCore
import GRDB

extension Store {
  /// Rows that one sweep takes at most, so that none holds the writer for long; the next one takes more.
  private static let filesSweptMax = 10_000

  public func file(_ id: String) throws(StoreError) -> StoredFile? {
    try read("a file") { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT id, owner, name, type, is_private, upload, size, etag, created_at, expires_at FROM files WHERE id = ?
          """, arguments: [id]
      ).map(StoredFile.init(row:))
    }
  }

  /// Safe from a power failure when it returns.
  public func add(_ file: StoredFile) throws(StoreError) {
    try write("a file", synced: true) { database in
      try database.execute(
        sql: """
          INSERT INTO files (id, owner, name, type, is_private, upload, size, etag, created_at, expires_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          file.id, file.owner, file.name, file.type, file.isPrivate, file.upload, file.content?.size, file.content?.etag,
          file.createdAt.nanoseconds, file.expiresAt?.nanoseconds,
        ])
    }
  }

  /// The upload is whole. Safe from a power failure when it returns.
  ///
  /// - Returns: false when it was so already, or is not there any more.
  public func finishFile(_ id: String, _ content: StoredFile.Content) throws(StoreError) -> Bool {
    var isChanged = false
    try write("a file", synced: true) { database in
      try database.execute(
        sql: "UPDATE files SET size = ?, etag = ? WHERE id = ? AND size IS NULL", arguments: [content.size, content.etag, id])
      isChanged = database.changesCount == 1
    }
    return isChanged
  }

  /// Files whose time is over, and uploads that were begun before `unfinishedBefore` and never ended.
  public func filesToSweep(expiredAt now: Moment, unfinishedBefore begin: Moment) throws(StoreError) -> [String] {
    try read("the files") { database in
      try String.fetchAll(
        database,
        sql: "SELECT id FROM files WHERE expires_at <= ? OR (size IS NULL AND created_at < ?) LIMIT \(Self.filesSweptMax)",
        arguments: [now.nanoseconds, begin.nanoseconds])
    }
  }

  public func forgetFiles(_ ids: [String]) throws(StoreError) {
    try write("the end of files", synced: false) { database in
      for id in ids { try database.execute(sql: "DELETE FROM files WHERE id = ?", arguments: [id]) }
    }
  }
}

extension StoredFile {
  init(row: Row) {
    let size: Int64? = row[6]
    let etag: String? = row[7]
    let expiry: Int64? = row[9]
    self.init(
      id: row[0], owner: row[1], name: row[2], type: row[3], isPrivate: row[4], upload: row[5],
      content: size.flatMap { size in etag.map { Content(size: size, etag: $0) } },
      createdAt: Moment(nanoseconds: row[8]), expiresAt: expiry.map { Moment(nanoseconds: $0) })
  }
}
