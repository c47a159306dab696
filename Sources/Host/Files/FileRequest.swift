import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A request to the file calls, with its path in parts.
struct FileRequest {
  let request: Request
  /// Of the path, without `rest` or `cdn`.
  let parts: [Substring]
  let isREST: Bool
  let query: Substring

  init(_ request: Request) {
    self.request = request
    let target = Substring(request.head.path ?? "/")
    let sides = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    query = sides.count == 2 ? sides[1] : ""
    let all = sides[0].split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    isREST = all.first == "rest"
    parts = Array(all.dropFirst())
  }

  func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }

  /// As it stands: nothing that is asked for here needs escapes.
  func query(_ name: String) -> Substring? {
    query.split(separator: "&").first { $0.hasPrefix(name + "=") }?.dropFirst(name.utf8.count + 1)
  }

  func json<Value: Decodable>(_ type: Value.Type, max: Int) async throws -> Value {
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: max)
    } catch is NIOTooManyBytesError {
      throw FileFailure(413, "The body is larger than \(max) bytes")
    } catch {
      throw FileFailure.cutShort
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
    } catch {
      throw FileFailure(400, "The body is not the JSON that this call takes")
    }
  }

  /// Writes the body to `spool`, a piece at a time: the sender is read no faster than the disk.
  func receive(into spool: FileSpool, _ storage: FileStorage) async throws {
    let tooLarge = FileFailure(413, "A file may have \(storage.limits.file) bytes at most")
    if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > storage.limits.file { throw tooLarge }
    var parts = request.body.makeAsyncIterator()
    var nextLook: Int64 = 0
    while true {
      if spool.size >= nextLook {
        guard storage.limits.hasRoom(in: storage.folder) else { throw FileFailure.diskFull }
        nextLook = spool.size + FileLimits.lookEvery
      }
      let part: ByteBuffer?
      do {
        part = try await parts.next()
      } catch {
        throw FileFailure.cutShort
      }
      guard let part else { return }
      guard spool.size + Int64(part.readableBytes) <= storage.limits.file else { throw tooLarge }
      try await storage.disk.run { try spool.append(part) }
    }
  }
}
