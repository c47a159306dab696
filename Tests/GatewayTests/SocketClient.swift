import Testing

/// A client of websockets that sends exactly the frames it is told to.
struct SocketClient {
  struct Frame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]
    var text: String { String(decoding: payload, as: UTF8.self) }
    /// Of a close frame.
    var code: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
  }

  static let text: UInt8 = 1
  static let binary: UInt8 = 2
  static let close: UInt8 = 8
  static let ping: UInt8 = 9
  static let pong: UInt8 = 10

  let raw: RawClient

  /// Asks for a websocket, and waits until it is open.
  init(_ stage: Stage, _ path: String, headers: String = "") async throws {
    raw = try await stage.client()
    try await raw.send(SocketTests.ask(path, SocketTests.key + SocketTests.upgrade + headers))
    let raw = self.raw
    try await until("the handshake") { raw.received.contains("\r\n\r\n") }
    try #require(raw.received.hasPrefix("HTTP/1.1 101 "), "\(raw.received)")
    raw.collector.bytes.withLock { bytes in
      let end = Array("\r\n\r\n".utf8)
      while !bytes.starts(with: end) { bytes.removeFirst() }
      bytes.removeFirst(4)
    }
  }

  static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isLast: Bool = true, isMasked: Bool = true, reserved: UInt8 = 0
  ) -> [UInt8] {
    var bytes: [UInt8] = [(isLast ? 0x80 : 0) | reserved << 4 | opcode]
    let mask: UInt8 = isMasked ? 0x80 : 0
    switch payload.count {
    case 0...125: bytes.append(mask | UInt8(payload.count))
    case 126...65_535: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default: bytes += [mask | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    guard isMasked else { return bytes + payload }
    let key: [UInt8] = [1, 2, 3, 4]
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
  }

  func send(_ opcode: UInt8, _ payload: [UInt8]) async throws { try await raw.send(bytes: Self.frame(opcode, payload)) }
  func send(_ text: String) async throws { try await send(Self.text, Array(text.utf8)) }

  func next() async throws -> Frame {
    try await until("a frame") {
      self.raw.collector.bytes.withLock { bytes -> Frame? in
        guard let (frame, count) = Self.parse(bytes) else { return nil }
        bytes.removeFirst(count)
        return frame
      }
    }
  }

  /// The server does not mask.
  private static func parse(_ bytes: [UInt8]) -> (Frame, Int)? {
    guard bytes.count >= 2 else { return nil }
    var start = 2
    var length = Int(bytes[1])
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      guard bytes.count >= 2 + size else { return nil }
      length = bytes[2..<2 + size].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    guard bytes.count >= start + length else { return nil }
    return (Frame(opcode: bytes[0] & 0x0f, payload: Array(bytes[start..<start + length])), start + length)
  }

  /// Waits for the server's close frame, and answers it; its code.
  func closed() async throws -> Int? {
    while true {
      let frame = try await next()
      guard frame.opcode == Self.close else { continue }
      raw.sendLater(bytes: Self.frame(Self.close, Array(frame.payload.prefix(2))))
      let raw = self.raw
      try await until("the end of the connection") { raw.isClosed }
      return frame.code
    }
  }
}
