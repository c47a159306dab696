import FoundationEssentials
import Glibc
import NIOCore
import Platform

/// A content on its way in: in a file without a name, so that its size costs no memory and nothing of it is left when the
/// sender goes away.
final class BlobSpool: Sendable {
  /// `O_TMPFILE`, a macro that Swift does not see.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

  private let descriptor: Int32

  /// - Parameter folder: on the file system that has the room.
  init(in folder: String) throws(SystemError) {
    descriptor = open(folder, Self.unnamed | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("open a file in \(folder)") }
  }

  deinit { close(descriptor) }

  func append(_ bytes: ByteBuffer) throws(SystemError) {
    let failure: SystemError? = bytes.withUnsafeReadableBytes { whole in
      var rest = whole
      while let base = rest.baseAddress, !rest.isEmpty {
        let count = write(descriptor, base, rest.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return SystemError("write a content") }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// Shows the content to `body`, without a copy.
  func withContent<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw SystemError("mmap a content")
    }
    defer { munmap(start, size) }
    return try body(UnsafeRawBufferPointer(start: start, count: size))
  }
}
