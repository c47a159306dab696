import Access
import AppModel
import Engine
import EngineCore
import FoundationEssentials
import Glibc
import Platform
import Store
import Synchronization

/// Files that callers upload: contents in a folder, what is known of them in the store.
final class FileStorage: Sendable {
  let folder: String
  let store: Store
  let clock: any EngineClock
  let limits: FileLimits
  let signature: FileSignature
  /// Its own, so that large files never keep the journal's readers waiting.
  let disk = DiskWork()
  private let uploads = Mutex(0)
  private let finishing = Mutex(())

  init(folder: String, store: Store, clock: any EngineClock, pepper: Pepper, limits: FileLimits = FileLimits()) throws {
    self.folder = folder
    self.store = store
    self.clock = clock
    self.limits = limits
    signature = FileSignature(pepper: pepper)
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw SystemError("make \(folder)") }
  }

  var seconds: Int64 { clock.now.nanoseconds / 1_000_000_000 }

  func path(_ id: String) -> String { "\(folder)/\(id)" }
  func parts(_ id: String) -> String { "\(folder)/\(id).parts" }

  /// Runs `body` as one of the uploads that may be under way.
  func asUpload<Value>(_ body: () async throws -> Value) async throws -> Value {
    let isIn = uploads.withLock { count in
      guard count < limits.uploads else { return false }
      count += 1
      return true
    }
    guard isIn else { throw FileFailure.busy }
    defer { uploads.withLock { $0 -= 1 } }
    return try await body()
  }

  /// The file of that id, whole or not.
  func file(_ id: String) async throws -> StoredFile {
    guard FileID.isValid(id), let file = try await disk.run({ [store] in try store.file(id) }) else { throw FileFailure.notFound }
    guard !file.isExpired(at: clock.now) else { throw FileFailure.expired }
    return file
  }

  /// Makes what came the content of `file`, of which a row is there. The first content stays: whoever comes later, and
  /// cares, looks whether it is theirs.
  func finish(_ file: StoredFile, _ spool: FileSpool, etag: String) async throws {
    let content = StoredFile.Content(size: spool.size, etag: etag)
    try await disk.run { [self] in
      try spool.sync()
      // One at a time, so that the bytes and what is written of them come from the same upload.
      try finishing.withLock { _ in
        if try store.file(file.id)?.content != nil { return }
        // What a crash left between the two steps below is of nobody any more.
        try remove(path(file.id))
        try spool.keep(as: file.id, in: folder)
        _ = try store.finishFile(file.id, content)
      }
    }
  }

  /// Removes what is over, and what never was finished.
  func sweep() throws {
    let now = clock.now
    let begin = now + (.zero - FileLimits.unfinished)
    let ids = try store.filesToSweep(expiredAt: now, unfinishedBefore: begin)
    guard !ids.isEmpty else { return }
    for id in ids where FileID.isValid(id) {
      try remove(path(id))
      try removeParts(id)
    }
    // The rows last: what a crash leaves is swept the next time.
    try store.forgetFiles(ids)
  }

  func removeParts(_ id: String) throws {
    guard access(parts(id), F_OK) == 0 else { return }
    try FileManager.default.removeItem(atPath: parts(id))
  }

  private func remove(_ path: String) throws(SystemError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
  }
}
