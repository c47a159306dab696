import Glibc
import NIOCore
import NIOHTTP1
import RunnerProtocol

extension ByteBuffer {
  /// What nearly every answer begins with, in one piece.
  private static let okPrefix: [UInt8] = Array(
    "HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\nx-fal-request-id: ".utf8)

  /// The front of an answer that the gateway writes itself or for a Lua app, without the empty line at its end.
  mutating func writeAnswerFront(status: Int, requestID: String) {
    if status == 200 {
      writeBytes(Self.okPrefix)
    } else {
      writeStatusLine(status)
      writeStaticString("access-control-allow-origin: *\r\nx-fal-request-id: ")
    }
    writeString(requestID)
    writeStaticString("\r\n")
  }

  mutating func writeStatusLine(_ status: Int) {
    writeStaticString("HTTP/1.1 ")
    writeDecimal(status)
    writeStaticString(" ")
    writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
    writeStaticString("\r\n")
  }

  /// Writes a header if it cannot be mistaken for more than one: an app must not be able to write an answer of its own
  /// into the middle of this one.
  mutating func writeHeader(_ name: String, _ value: String) {
    guard name.isHeaderName, value.isHeaderValue else { return }
    writeString(name)
    writeStaticString(": ")
    writeString(value)
    writeStaticString("\r\n")
  }

  mutating func writeContentLength(_ count: Int) {
    writeStaticString("content-length: ")
    writeDecimal(count)
    writeStaticString("\r\n")
  }

  mutating func writeDecimal(_ value: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = UInt(max(0, value))
      var position = digits.count
      repeat {
        position -= 1
        digits[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      writeBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: digits[position...])))
    }
  }

  /// The size line in front of a chunk of a chunked body.
  mutating func writeChunkSize(_ count: Int) {
    writeString(String(count, radix: 16))
    writeStaticString("\r\n")
  }

  /// Bytes of `writeEvent` for these data.
  static func eventSize(_ data: ByteBuffer) -> Int {
    let field = "data: ".utf8.count
    // JSON as runners write it has no line breaks.
    guard data.newlineOffset != nil else { return field + data.readableBytes + 2 }
    return field * (1 + data.readableBytesView.count(where: { $0 == newline })) + data.readableBytes + 2
  }

  /// One server-sent event; data with line breaks take several lines of it, as the format wants.
  mutating func writeEvent(_ data: ByteBuffer) {
    writeStaticString("data: ")
    var rest = data
    while let offset = rest.newlineOffset {
      if var line = rest.readSlice(length: offset + 1) { writeBuffer(&line) }
      writeStaticString("data: ")
    }
    writeBuffer(&rest)
    writeStaticString("\n\n")
  }

  /// Where the first line break is, counted from the first readable byte.
  private var newlineOffset: Int? {
    withUnsafeReadableBytes { bytes in
      guard let start = bytes.baseAddress, let found = memchr(start, Int32(Self.newline), bytes.count) else { return nil }
      return UnsafeRawPointer(found) - start
    }
  }

  private static let newline = UInt8(ascii: "\n")
}

extension [RequestHead.Header] {
  /// Bytes of all headers that an app may add to an answer; those beyond are dropped, as fal does.
  static var answerMax: Int { 16 * 1024 }
}

extension String {
  fileprivate var isHeaderName: Bool {
    !utf8.isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
  }

  fileprivate var isHeaderValue: Bool { utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == UInt8(ascii: "\t") } }
}
