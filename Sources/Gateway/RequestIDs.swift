import Glibc

/// Makes request ids: random UUIDs (version 4), as fal's are.
///
/// Random bytes are fetched for many ids at once, since one system call for each would cost more than all the rest of
/// an id.
struct RequestIDs {
  private static let batchBytes = 4096
  private var bytes = [UInt8](repeating: 0, count: RequestIDs.batchBytes)
  private var used = RequestIDs.batchBytes

  /// Lower-case hexadecimal with hyphens, 36 characters.
  mutating func next() -> String {
    if used == bytes.count { refill() }
    let from = used
    used += 16
    return String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[position] = UInt8(ascii: "-")
          position += 1
        }
        var byte = bytes[from + index]
        if index == 6 { byte = byte & 0x0f | 0x40 }
        if index == 8 { byte = byte & 0x3f | 0x80 }
        text[position] = Self.digit(byte >> 4)
        text[position + 1] = Self.digit(byte & 0x0f)
        position += 2
      }
      return 36
    }
  }

  private mutating func refill() {
    bytes.withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { arc4random_buf(start, buffer.count) }
    }
    used = 0
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}
