import EngineCore
import FoundationEssentials
import GRDB
import Glibc

extension Store {
  static func bundles(in folder: String) -> String { "\(folder)/bundles" }

  /// Keeps a bundle of contents that are here, safe from a power failure. To put the same again does nothing.
  ///
  /// - Returns: its hash, over all paths, contents and executable bits: 64 hexadecimal digits.
  /// - Throws: `path-invalid`, `hash-invalid`, `bundle-empty`, `bundle-too-large`, `blob-missing`, `blob-mismatch`, naming
  ///   the file.
  public func putBundle(files: [BundleEntry], limits: BundleLimits = BundleLimits()) throws(StoreError) -> String {
    let manifest = try BundleManifest(files, limits)
    // Not while contents are swept away.
    try bundles.withLock { _ throws(StoreError) in
      for file in manifest.files { try checkBlob(of: file) }
      try Files.syncFolder(Self.blobs(in: folder))
      let json = try attempt("a bundle") { try JSONEncoder().encode(manifest.files) }
      try write("a bundle", synced: true) { database in
        try database.execute(
          sql: "INSERT OR REPLACE INTO bundles (hash, at, files) VALUES (?, ?, ?)",
          arguments: [manifest.hash, Int64(time(nil)), json])
      }
    }
    return manifest.hash
  }

  /// The files of a bundle, by path; nil: there is no such bundle.
  public func bundle(_ hash: String) throws(StoreError) -> [BundleEntry]? {
    try read("a bundle") { database in
      let json = try Data.fetchOne(database, sql: "SELECT files FROM bundles WHERE hash = ?", arguments: [hash])
      return try json.map { try JSONDecoder().decode([BundleEntry].self, from: $0) }
    }
  }

  private func checkBlob(of file: BundleEntry) throws(StoreError) {
    guard let status = try Files.status(blobPath(file.hash)) else {
      throw StoreError("blob-missing", "the content of \(file.path) (\(file.hash)) was not sent", fix: "Send it, then try again.")
    }
    guard status.size == file.size else {
      throw StoreError("blob-mismatch", "\(file.path) is said to have \(file.size) bytes, and its content has \(status.size)")
    }
  }
}
