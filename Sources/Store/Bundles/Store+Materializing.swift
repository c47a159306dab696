import FoundationEssentials
import Glibc

extension Store {
  /// The folder with a bundle's files, read-only, which is made if it is not there.
  ///
  /// The first time in the life of a process the files are compared with their hashes, and made anew if they are not what
  /// they should be.
  ///
  /// - Throws: `bundle-not-found`, `blob-missing`, `blob-mismatch`, `disk-full`, `disk-failed`.
  public func materialize(_ hash: String) throws(StoreError) -> String {
    let path = "\(Self.bundles(in: folder))/\(hash)"
    return try bundles.withLock { state throws(StoreError) in
      if state.verified.contains(hash), try Files.status(path) != nil { return path }
      guard let files = try bundle(hash) else {
        throw StoreError("bundle-not-found", "there is no bundle \(hash)")
      }
      if try !isWhole(files, in: path) {
        let staging = "\(Self.bundles(in: folder))/\(state.nextStaging())"
        do throws(StoreError) {
          try copy(files, to: staging)
          // A folder under its hash is always whole: what is wrong there goes away first, and the name comes last.
          if try Files.status(path) != nil {
            try Files.move(path, to: "\(Self.bundles(in: folder))/\(state.nextStaging())")
          }
          try Files.move(staging, to: path)
        } catch {
          try Files.remove(staging)
          throw error
        }
      }
      state.verified.insert(hash)
      return path
    }
  }

  private func isWhole(_ files: [BundleEntry], in path: String) throws(StoreError) -> Bool {
    for file in files {
      let target = "\(path)/\(file.path)"
      guard let found = try Files.digest(target), found.hash == file.hash else { return false }
      guard (access(target, X_OK) == 0) == file.isExecutable else { return false }
    }
    return true
  }

  /// Contents are copied, not linked: what a runner does to its files must not reach other revisions.
  private func copy(_ files: [BundleEntry], to staging: String) throws(StoreError) {
    try Files.makeFolder(staging, mode: 0o755)
    for file in files {
      let target = "\(staging)/\(file.path)"
      let folder = target[..<(target.lastIndex(of: "/") ?? target.endIndex)]
      try Files.makeFolder(String(folder), mode: 0o755)
      let descriptor = try Files.opened(target, O_WRONLY | O_CREAT | O_EXCL, file.isExecutable ? 0o555 : 0o444)
      defer { Glibc.close(descriptor) }
      let copied = try Files.digest(blobPath(file.hash)) { block throws(StoreError) in
        if let code = Files.writeAll(block, to: descriptor) { throw .posix(code, "cannot be written", target) }
      }
      guard let copied else { throw StoreError("blob-missing", "the content of \(file.path) (\(file.hash)) is gone") }
      guard copied.hash == file.hash else {
        throw StoreError("blob-mismatch", "the content of \(file.path) (\(file.hash)) is damaged", fix: "Deploy it again.")
      }
    }
  }
}
