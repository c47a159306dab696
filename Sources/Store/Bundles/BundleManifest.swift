import Crypto
import FoundationEssentials

/// The files of a bundle, checked and in order.
struct BundleManifest {
  /// The file system's own limits.
  private static let pathBytesMax = 1024
  private static let partBytesMax = 255

  let files: [BundleEntry]
  /// Over all that makes two bundles differ.
  let hash: String

  /// - Throws: `path-invalid`, `hash-invalid`, `bundle-empty` or `bundle-too-large`, naming the file.
  init(_ files: [BundleEntry], _ limits: BundleLimits) throws(StoreError) {
    guard !files.isEmpty else { throw StoreError("bundle-empty", "a bundle needs a file at least") }
    guard files.count <= limits.filesMax else {
      throw StoreError("bundle-too-large", "the bundle has \(files.count) files; \(limits.filesMax) are allowed")
    }
    var room = limits.bytesMax
    for file in files {
      try Self.check(file)
      room -= min(file.size, limits.bytesMax + 1)
      guard room >= 0 else {
        throw StoreError(
          "bundle-too-large", "with \(file.path) the bundle has more than the \(limits.bytesMax) bytes that are allowed",
          fix: "Leave out what the app does not need, or have it fetch large files when it is set up.")
      }
    }
    try Self.checkTogether(files)
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    hash = Self.hash(self.files)
  }

  private static func hash(_ sorted: [BundleEntry]) -> String {
    var hash = SHA256()
    hash.update(data: Data("bundle 1\n".utf8))
    for file in sorted {
      // The length in front keeps a path with spaces and line ends apart from what follows.
      let line = "\(file.path.utf8.count) \(file.path) \(file.size) \(file.hash) \(file.isExecutable ? "x" : "-")\n"
      hash.update(data: Data(line.utf8))
    }
    return hash.finalize().hexadecimal
  }

  private static func check(_ file: BundleEntry) throws(StoreError) {
    let parts = file.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isValid = parts.allSatisfy { part in
      (1...partBytesMax).contains(part.count) && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        && part.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    guard isValid, file.path.utf8.count <= pathBytesMax else {
      throw StoreError(
        "path-invalid", "'\(file.path.prefix(pathBytesMax))' cannot be the path of a file in a bundle",
        fix: "A path is relative to the script's folder and has no empty, '.' or '..' part.")
    }
    try BlobHash.check(file.hash, of: file.path)
    guard file.size >= 0 else { throw StoreError("path-invalid", "\(file.path) has a size below 0") }
  }

  private static func checkTogether(_ files: [BundleEntry]) throws(StoreError) {
    var paths: Set<String> = []
    for file in files where !paths.insert(file.path).inserted {
      throw StoreError("path-invalid", "\(file.path) is in the bundle twice")
    }
    for file in files {
      var folder = file.path[...]
      while let slash = folder.lastIndex(of: "/") {
        folder = folder[..<slash]
        guard !paths.contains(String(folder)) else {
          throw StoreError("path-invalid", "\(folder) is a file in the bundle, and the folder of \(file.path)")
        }
      }
    }
  }
}
