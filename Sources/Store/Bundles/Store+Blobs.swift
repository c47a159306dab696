import Crypto
public import FoundationEssentials

extension Store {
  /// Begins the names of what is not finished. Nothing else in the folders has a dot in front.
  static let stagingPrefix = ".staging-"

  static func blobs(in folder: String) -> String { "\(folder)/blobs" }
  func blobPath(_ hash: String) -> String { "\(Self.blobs(in: folder))/\(hash)" }

  /// Those of `hashes` whose content is not here, in their order, each once. The others are kept for an hour at least.
  ///
  /// - Throws: `hash-invalid`.
  public func missingBlobs(of hashes: [String]) throws(StoreError) -> [String] {
    var seen: Set<String> = []
    var missing: [String] = []
    for hash in hashes where seen.insert(hash).inserted {
      try BlobHash.check(hash, of: "a content")
      if try !renewBlob(hash) { missing.append(hash) }
    }
    return missing
  }

  /// Keeps a content, safe from a power failure. To put the same again does nothing.
  ///
  /// - Parameter sizeMax: bytes that are allowed.
  /// - Throws: `hash-invalid`, `blob-too-large`, `blob-mismatch` when the content has another hash, `disk-full`, ….
  public func putBlob(_ hash: String, _ bytes: some ContiguousBytes, sizeMax: Int) throws(StoreError) {
    try BlobHash.check(hash, of: "a content")
    let (size, found) = bytes.withUnsafeBytes { buffer in
      var hash = SHA256()
      hash.update(bufferPointer: buffer)
      return (buffer.count, hash.finalize().hexadecimal)
    }
    guard size <= sizeMax else {
      throw StoreError("blob-too-large", "the content \(hash) has \(size) bytes; \(sizeMax) are allowed")
    }
    guard found == hash else {
      throw StoreError("blob-mismatch", "the content that was sent as \(hash) has the hash \(found)", fix: "Send it again.")
    }
    if try renewBlob(hash) { return }
    let staging = "\(Self.blobs(in: folder))/\(bundles.withLock { $0.nextStaging() })"
    // Whoever reads a content finds it whole: its name comes last.
    try Files.create(staging, mode: 0o400, synced: true, bytes)
    do throws(StoreError) {
      try Files.move(staging, to: blobPath(hash))
    } catch {
      try Files.remove(staging)
      throw error
    }
  }

  /// Not while contents are swept away, which might take what it has just found too old.
  private func renewBlob(_ hash: String) throws(StoreError) -> Bool {
    try bundles.withLock { _ throws(StoreError) in try Files.renew(blobPath(hash)) }
  }

  /// What a killed process left behind.
  static func removeUnfinished(in folder: String) throws(StoreError) {
    for parent in [blobs(in: folder), bundles(in: folder)] {
      for name in try Files.names(in: parent) where name.hasPrefix(stagingPrefix) { try Files.remove("\(parent)/\(name)") }
    }
  }
}
