import Glibc
import Synchronization

/// Keeps a second server out of the data folder. The kernel lets go of it however the process ends.
final class FolderLock: Sendable {
  private static let lineBytes = 20

  private let descriptor: Atomic<Int32>

  /// - Throws: `data-folder-in-use` when another process has it.
  init(folder: String) throws(StoreError) {
    let path = "\(folder)/lock"
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else {
      throw StoreError("folder-not-usable", "\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let (code, holder) = (errno, Self.holder(opened))
      Glibc.close(opened)
      guard code == EWOULDBLOCK else { throw .posix(code, "cannot be locked", path) }
      throw StoreError(
        "data-folder-in-use", "\(folder) is used by process \(holder)",
        fix: "Use that server, end it, or give another folder with --data-dir.")
    }
    // Always as long, so that it needs no room on a full disk when it was written before.
    let pid = Array("\(getpid())".utf8)
    let line = pid + [UInt8](repeating: UInt8(ascii: " "), count: max(0, Self.lineBytes - 1 - pid.count)) + [UInt8(ascii: "\n")]
    guard pwrite(opened, line, line.count, 0) == line.count else {
      let code = errno
      Glibc.close(opened)
      throw .posix(code, "cannot be written", path)
    }
    descriptor = Atomic(opened)
  }

  deinit { release() }

  func release() {
    let held = descriptor.exchange(-1, ordering: .relaxed)
    if held >= 0 { Glibc.close(held) }
  }

  /// What the holder wrote down of itself.
  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: lineBytes)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
    return text.isEmpty ? "unknown" : text
  }
}
