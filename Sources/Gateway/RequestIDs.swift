import Glibc

/// Makes request ids: UUIDs that begin with the time (version 7), so that those of requests that come one after another lie
/// side by side in an index: of random ones, each submit would write another page of it. The other 74 bits are random.
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
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    for index in 0..<6 { bytes[from + index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * index)) }
    return String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[position] = UInt8(ascii: "-")
          position += 1
        }
        var byte = bytes[from + index]
        if index == 6 { byte = byte & 0x0f | 0x70 }
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
