/// The name of a file as it stands in a URL: never more than a part of a path, whatever the caller wrote.
enum FileName {
  static let standard = "upload.bin"
  /// Bytes; long enough for people, and far from what file systems and URLs bear.
  static let bytesMax = 128
  /// Bytes of an ending that is kept when a name is cut.
  private static let endingMax = 16

  static func cleaned(_ text: String?) -> String {
    let last = (text ?? "").utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }.last ?? ""[...].utf8
    var bytes: [UInt8] = []
    for byte in last {
      let kept = isPlain(byte) ? byte : UInt8(ascii: "_")
      // One sign for a whole letter of another script, or for several.
      if kept != UInt8(ascii: "_") || bytes.last != kept { bytes.append(kept) }
    }
    bytes = Array(bytes.drop { $0 == UInt8(ascii: ".") })
    guard bytes.contains(where: { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ".") }) else { return standard }
    return String(decoding: cut(bytes), as: UTF8.self)
  }

  private static func cut(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > bytesMax else { return bytes }
    let dot = bytes.lastIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    let ending = bytes[dot...]
    guard ending.count <= endingMax else { return Array(bytes.prefix(bytesMax)) }
    return Array(bytes.prefix(bytesMax - ending.count) + ending)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
