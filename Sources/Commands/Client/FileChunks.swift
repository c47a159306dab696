import FoundationEssentials
import Host
import NIOCore

/// The content of a file in pieces, read as they are sent, so that a large file never lies in memory as a whole.
struct FileChunks: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  /// Bytes of one piece: large enough for the disk, small enough for memory.
  static let pieceBytes = 256 * 1024

  let path: String
  let size: Int

  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate var reader: FileReader?
    fileprivate let path: String

    mutating func next() async throws -> ByteBuffer? {
      if reader == nil { reader = try FileReader(path: path) }
      guard let piece = try reader?.read(FileChunks.pieceBytes), !piece.isEmpty else { return nil }
      return ByteBuffer(bytes: piece)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: nil, path: path) }
}
