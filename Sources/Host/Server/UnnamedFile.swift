import Glibc
import NIOCore
import Platform

/// Bytes on their way in: in a file without a name, so that their number costs no memory, and nothing of them is left when
/// the sender goes away.
final class UnnamedFile: Sendable {
  /// `O_TMPFILE`, a macro that Swift does not see.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

  let descriptor: Int32

  /// - Parameter folder: on the file system that has the room.
  init(in folder: String) throws(SystemError) {
    descriptor = open(folder, Self.unnamed | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("open a file in \(folder)") }
  }

  deinit { close(descriptor) }

  func append(_ bytes: ByteBuffer) throws(SystemError) {
    if let failure = bytes.withUnsafeReadableBytes(appended) { throw failure }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    if let failure = appended(bytes) { throw failure }
  }

  /// What kept the bytes from being written; a closure cannot throw it as it is.
  private func appended(_ bytes: UnsafeRawBufferPointer) -> SystemError? {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = write(descriptor, base, rest.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return SystemError("write a content") }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
  }
}
