import ControlAPI
import FoundationEssentials
import Hummingbird

/// What the control API answers.
enum APIAnswer: Sendable {
  case json(status: Int, Data)
  case empty(status: Int)
  /// One JSON object a line, as they come.
  case lines(@Sendable (inout LineWriter) async throws -> Void)

  static func json(_ value: some Encodable, status: Int = 200) throws -> APIAnswer {
    .json(status: status, try APIEncoding.data(of: value))
  }

  static func failure(_ failure: APIFailure) -> APIAnswer {
    // The fields of a problem are texts and numbers, which JSON can always say.
    guard let body = try? APIEncoding.data(of: failure.problem) else { return .empty(status: failure.status) }
    return .json(status: failure.status, body)
  }
}

/// How values of the control API are written.
enum APIEncoding {
  static func data(of value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}

/// Writes the lines of a streamed answer. Each goes out at once, and waits for a client that is slow.
struct LineWriter {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }

  /// Throws when the client is gone.
  mutating func send(_ line: some Encodable) async throws {
    var bytes = ByteBuffer(bytes: try APIEncoding.data(of: line))
    bytes.writeInteger(UInt8(ascii: "\n"))
    try await writer.write(bytes)
  }

  consuming func finish() async throws { try await writer.finish(nil) }
}
