/// Cuts a stream of bytes into lines, one JSON object each.
struct JSONLines: Sendable {
  /// Bytes of one line. An event carries at most some log lines and the settings of one app.
  static let lineBytesMax = 1_048_576

  struct LineTooLong: Error, Hashable {}

  private var rest: [UInt8] = []

  /// The lines that `bytes` ends, without their line breaks; empty ones, which keep a connection alive, are left out.
  mutating func take(_ bytes: some Sequence<UInt8>) throws(LineTooLong) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        guard rest.count < Self.lineBytesMax else { throw LineTooLong() }
        rest.append(byte)
        continue
      }
      if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
      if !rest.isEmpty { lines.append(rest) }
      rest = []
    }
    return lines
  }

  /// What came after the last line break: a line, if the sender left out its end; nil for none.
  mutating func finish() -> [UInt8]? {
    defer { rest = [] }
    return rest.isEmpty ? nil : rest
  }
}
