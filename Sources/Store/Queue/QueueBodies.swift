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

  /// Writes what is too large for a row. The file survives a power failure after `sync`, and must be removed when the
  /// transaction fails.
  func keep(_ bytes: [UInt8]) throws(StoreError) -> Kept {
    guard bytes.count > rowBytesMax else { return .row(bytes) }
    let name = UUID().uuidString
    try Files.create("\(folder)/\(name)", mode: 0o600, synced: true, bytes)
    return .file(name)
  }

  func sync() throws(StoreError) { try Files.syncFolder(folder) }

  func remove(_ names: [String]) throws(StoreError) {
    for name in names { try Files.remove("\(folder)/\(name)") }
  }

  /// - Returns: nil for a row that names a file which is gone.
  func read(_ bytes: Data?, _ file: String?) throws(StoreError) -> [UInt8]? {
    guard let file else { return Array(bytes ?? Data()) }
    let path = "\(folder)/\(file)"
    guard let size = try Files.status(path)?.size else { return nil }
    return try Files.whole(path, size: size)
  }

  /// Removes what no row names: left by a process that was killed before its commit, or before it could remove it.
  func sweep(_ database: Database) throws {
    let found = try Files.names(in: folder)
    guard !found.isEmpty else { return }
    let known = Set(
      try String.fetchAll(
        database,
        sql: "SELECT file FROM bodies WHERE file IS NOT NULL UNION ALL SELECT file FROM outcomes WHERE file IS NOT NULL"))
    try remove(found.filter { !known.contains($0) })
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
