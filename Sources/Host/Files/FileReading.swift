import Glibc
import NIOCore
import Platform

/// Reads a part of a file, a piece at a time.
///
/// `@unchecked`: it moves on with each piece, and is used by one answer, one step after the other.
final class FileReading: @unchecked Sendable {
  /// Bytes of a piece, and so of what an answer holds.
  private static let pieceMax: Int64 = 256 << 10

  private let descriptor: Int32
  private var rest: Range<Int64>

  init(_ path: String, _ range: Range<Int64>) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    rest = range
    // Between the look into the index and now it was swept.
    guard descriptor >= 0 else { throw errno == ENOENT ? FileFailure.notFound : SystemError("open \(path)") as any Error }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// nil at the end.
  func next() throws -> ByteBuffer? {
    guard !rest.isEmpty else { return nil }
    let count = Int(min(Self.pieceMax, Int64(rest.count)))
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
      while true {
        let read = pread(descriptor, space.baseAddress, count, off_t(rest.lowerBound))
        if read < 0, errno == EINTR { continue }
        // A file that is shorter than it was must not look whole.
        guard read > 0 else { throw SystemError("read a file", read < 0 ? errno : EIO) }
        return read
      }
    }
    rest = rest.lowerBound + Int64(read)..<rest.upperBound
    return buffer
  }
}
