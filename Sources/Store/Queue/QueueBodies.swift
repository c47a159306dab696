import FoundationEssentials
import GRDB

/// Bodies, in their row where they are small, and in a file that the row names where they are not.
struct QueueBodies: Sendable {
  enum Kept: Sendable {
    case row([UInt8])
    case file(String)
  }

  let folder: String
  let rowBytesMax: Int

  /// Writes what is too large for a row into a file, which survives a power failure. Blocks as long as that takes.
  func keep(_ bytes: [UInt8]) throws(StoreError) -> Kept {
    guard !fitsRow(bytes) else { return .row(bytes) }
    let name = UUID().uuidString
    try Files.create("\(folder)/\(name)", mode: 0o600, synced: true, bytes)
    try Files.syncFolder(folder)
    return .file(name)
  }

  func fitsRow(_ bytes: [UInt8]) -> Bool { bytes.count <= rowBytesMax }

  func remove(_ name: String) throws(StoreError) { try Files.remove("\(folder)/\(name)") }

  /// - Parameter bytesMax: of a larger one, only so many are read.
  /// - Returns: nil for a row that names a file which is gone.
  func read(_ bytes: Data?, _ file: String?, bytesMax: Int = .max) throws(StoreError) -> [UInt8]? {
    guard let file else { return Array((bytes ?? Data()).prefix(bytesMax)) }
    let path = "\(folder)/\(file)"
    guard let size = try Files.status(path).map({ min($0.size, bytesMax) }) else { return nil }
    do throws(StoreError) {
      return try Files.whole(path, size: size)
    } catch {
      // The request may have ended since the row was read, and its body gone with that.
      guard try Files.status(path) == nil else { throw error }
      return nil
    }
  }

  /// - Returns: nil for a row that names a file which is gone.
  func size(_ bytes: Data?, _ file: String?) throws(StoreError) -> Int? {
    guard let file else { return bytes?.count ?? 0 }
    return try Files.status("\(folder)/\(file)")?.size
  }

  /// At most `count` bytes from `offset` on.
  ///
  /// - Returns: nil for a row that names a file which is gone.
  func read(_ bytes: Data?, _ file: String?, from offset: Int, count: Int) throws(StoreError) -> [UInt8]? {
    guard let file else { return Array((bytes ?? Data()).dropFirst(offset).prefix(count)) }
    return try Files.part("\(folder)/\(file)", from: offset, count: count)
  }

  /// Removes what no row names: left by a process that was killed before its commit, or before it could remove it.
  func sweep(_ database: Database) throws {
    let named = try database.cachedStatement(
      sql: "SELECT 1 FROM bodies WHERE file = ?1 UNION ALL SELECT 1 FROM outcomes WHERE file = ?1")
    for name in try Files.names(in: folder) where try Row.fetchOne(named, arguments: [name]) == nil {
      try remove(name)
    }
  }
}

extension QueueBodies.Kept {
  var row: Data? {
    switch self {
    case .row(let bytes): Data(bytes)
    case .file: nil
    }
  }

  var file: String? {
    switch self {
    case .row: nil
    case .file(let name): name
    }
  }
}
