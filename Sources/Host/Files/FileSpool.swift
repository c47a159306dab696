import Crypto
import FoundationEssentials
import Glibc
import NIOCore
import Platform

/// An upload on its way in, with its size and its digest.
///
/// `@unchecked`: it changes with each piece, and is used by one request, one step after the other, on threads that may
/// block.
final class FileSpool: @unchecked Sendable {
  private let file: UnnamedFile
  private var hash = SHA256()
  private(set) var size: Int64 = 0

  init(in folder: String) throws(SystemError) { file = try UnnamedFile(in: folder) }

  /// SHA-256 of all that came.
  var etag: String { Array(hash.finalize()).hexadecimal }

  func append(_ bytes: ByteBuffer) throws(SystemError) {
    try file.append(bytes)
    bytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
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
      try file.append(UnsafeRawBufferPointer(rebasing: block[..<count]))
      size += Int64(count)
    }
  }

  /// Has the disk hold the bytes. Takes long for many of them, so that nothing else should wait for it.
  func sync() throws(SystemError) {
    guard fsync(file.descriptor) == 0 else { throw SystemError("sync a file") }
  }

  /// Gives the bytes a name, for good. One that is there already stays, so that a name stands for one content only.
  ///
  /// - Parameter folder: where `name` is put.
  func keep(as name: String, in folder: String) throws(SystemError) {
    let path = "\(folder)/\(name)"
    let isNamed = linkat(AT_FDCWD, "/proc/self/fd/\(file.descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    guard isNamed || errno == EEXIST else { throw SystemError("name \(path)") }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw SystemError("open \(folder)") }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw SystemError("sync \(folder)") }
  }
}
