import Crypto
public import FoundationEssentials

/// Keeps bundles by the hash of their content, so that a revision's files never change under it.
public struct BundleStore: Sendable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  public struct Stored: Sendable, Hashable {
    /// First 16 hex digits of the SHA-256 over all paths and contents.
    public var hash: String
    public var folder: URL
    /// Whether this very content was there before.
    public var existed: Bool
  }

  /// Copies `files` in, unless the same content is there already.
  ///
  /// - Throws: `BundleError` when a file cannot be read or written.
  public func store(_ files: [BundleFile]) throws -> Stored {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let staging = folder.appending(path: "staging-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
    do {
      let hash = try copy(files, to: staging)
      let destination = folder.appending(path: hash)
      if FileManager.default.fileExists(atPath: destination.path) {
        try FileManager.default.removeItem(at: staging)
        return Stored(hash: hash, folder: destination, existed: true)
      }
      // Renaming last means that a folder under its hash is always whole.
      try FileManager.default.moveItem(at: staging, to: destination)
      return Stored(hash: hash, folder: destination, existed: false)
    } catch {
      try? FileManager.default.removeItem(at: staging)
      throw error
    }
  }

  /// Copies each file once and hashes what was copied, so that hash and content agree even while someone saves.
  private func copy(_ files: [BundleFile], to staging: URL) throws -> String {
    var bundleHash = SHA256()
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      let content: Data
      do {
        content = try Data(contentsOf: URL(filePath: file.source))
      } catch {
        throw BundleError.unreadable(path: file.path, reason: "\(error)")
      }
      let target = staging.appending(path: file.path)
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try content.write(to: target)
      if FileManager.default.isExecutableFile(atPath: file.source) {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: target.path)
      }
      // Lengths in front keep "ab" + "c" apart from "a" + "bc".
      bundleHash.update(data: Data("\(file.path.utf8.count) \(file.path) \(content.count)\n".utf8))
      bundleHash.update(data: content)
    }
    return bundleHash.finalize().prefix(8).hexadecimal
  }
}

/// Why a bundle could not be made.
public enum BundleError: Error, Hashable, CustomStringConvertible {
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    }
  }
}
