import Glibc
import Platform

/// The kernel's notices about folders.
final class Inotify: Sendable {
  /// Something happened to `name` in the watched folder `watch`.
  struct Notice: Sendable, Hashable {
    var watch: Int32
    var name: String
    /// The kernel lost notices: anything may have happened.
    var isOverflow: Bool
    /// The folder itself went away, was moved, or changed what it holds in folders: look again at what to watch.
    var changesFolders: Bool
  }

  let descriptor: Int32
  private static let bufferSize = 64 * 1024

  init() throws(SystemError) {
    descriptor = inotify_init1(Int32(bitPattern: UInt32(O_CLOEXEC | O_NONBLOCK)))
    guard descriptor >= 0 else { throw SystemError("inotify_init1") }
  }

  deinit { close(descriptor) }

  /// The number under which notices about `folder` come; nil when it cannot be watched, above all when it is not there.
  func watch(_ folder: String) -> Int32? {
    // Saves end with a close or a rename. Creation counts for links and folders, metadata does not.
    let events =
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
    let watch = inotify_add_watch(descriptor, folder, UInt32(events))
    return watch >= 0 ? watch : nil
  }

  /// Everything that waits; nil when the kernel gives no more.
  func read() -> [Notice]? {
    var notices: [Notice] = []
    return withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { buffer in
      while true {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count < 0 && errno == EAGAIN ? notices : nil }
        Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &notices)
      }
    }
  }

  /// The kernel writes whole records: watch, mask, cookie, length of the name, name padded with zeros.
  private static func parse(_ bytes: UnsafeRawBufferPointer, into notices: inout [Notice]) {
    let headSize = 16
    var offset = 0
    while offset + headSize <= bytes.count {
      let watch = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
      let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
      let name = bytes[offset + headSize..<min(bytes.count, offset + headSize + length)].prefix { $0 != 0 }
      let changesFolders = mask & UInt32(IN_ISDIR | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0
      notices.append(
        Notice(
          watch: watch, name: String(decoding: name, as: UTF8.self), isOverflow: mask & UInt32(IN_Q_OVERFLOW) != 0,
          changesFolders: changesFolders))
      offset += headSize + length
    }
  }
}
