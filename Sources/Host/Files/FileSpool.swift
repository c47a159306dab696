import Crypto
import FoundationEssentials
import Glibc
import NIOCore
import Platform

/// Bytes on their way into a file that has no name until it is whole: what is cut short leaves nothing.
///
/// Used by one request, one step after the other, on threads that may block.
final class FileSpool: @unchecked Sendable {
  /// `O_TMPFILE`, a macro that Swift does not see.
  private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

  private let descriptor: Int32
  private var hash = SHA256()
  private(set) var size: Int64 = 0

  init(in folder: String) throws(SystemError) {
    descriptor = open(folder, Self.unnamed | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("open a file in \(folder)") }
  }

  deinit { close(descriptor) }

  /// SHA-256 of all that came.
  var etag: String { Array(hash.finalize()).hexadecimal }

  func append(_ bytes: ByteBuffer) throws(SystemError) {
    let failure: SystemError? = bytes.withUnsafeReadableBytes { whole in
      hash.update(bufferPointer: whole)
      return writeAll(whole)
    }
    if let failure { throw failure }
    size += Int64(bytes.readableBytes)
  }

  /// Bytes that are copied at once, and so what a copy holds.
  private static let blockBytes = 1 << 20

  /// Adds a file's bytes; `etag` does not speak of them.
  func append(fileAt path: String) throws(SystemError) {
    let source = open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw SystemError("open \(path)") }
    defer { close(source) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = read(source, block.baseAddress, block.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("read \(path)") }
      if count == 0 { return }
      if let failure = writeAll(UnsafeRawBufferPointer(rebasing: block[..<count])) { throw failure }
      size += Int64(count)
    }
  }

  private func writeAll(_ whole: UnsafeRawBufferPointer) -> SystemError? {
    var rest = whole
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = write(descriptor, base, rest.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return SystemError("write a file") }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
  }

  /// Gives the bytes a name, once the disk has them. One that is there already stays.
  ///
  /// - Parameter folder: where `name` is put.
  func keep(as name: String, in folder: String) throws(SystemError) {
    guard fsync(descriptor) == 0 else { throw SystemError("sync a file") }
    let path = "\(folder)/\(name)"
    let isNamed = linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    guard isNamed || errno == EEXIST else { throw SystemError("name \(path)") }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw SystemError("open \(folder)") }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw SystemError("sync \(folder)") }
  }
}
