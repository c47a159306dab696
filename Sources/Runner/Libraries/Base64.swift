/// Base64 as in RFC 4648, with padding.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group: UInt32 = 0
      for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0) }
      for position in 0..<4 {
        output.append(position <= count ? alphabet[Int(group >> (18 - 6 * UInt32(position)) & 63)] : padding)
      }
      index += 3
    }
    return output
  }

  /// nil when `text` is not base64. Takes the URL alphabet too, and text without its padding; no white space.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var end = text.count
    while end > 0, text.count - end < 2, text[end - 1] == padding { end -= 1 }
    guard end % 4 != 1, end == text.count || text.count % 4 == 0 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(end / 4 * 3 + 2)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<end {
      guard let value = value(of: text[index]) else { return nil }
      group = group << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    // Bits that belong to no byte are zero, or two texts would stand for the same bytes.
    return group & ((1 << bits) - 1) == 0 ? output : nil
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
