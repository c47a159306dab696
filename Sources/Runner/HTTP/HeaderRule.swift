/// What may stand in an HTTP header that a script sets.
enum HeaderRule {
  private static let nameMax = 128
  private static let valueMax = 8 * 1024

  static func check(_ name: String, _ value: String) throws(HTTPError) {
    guard !name.isEmpty, name.utf8.count <= nameMax, name.utf8.allSatisfy(isToken) else {
      throw .invalid("'\(name.prefix(40))' is no name of a header")
    }
    guard value.utf8.count <= valueMax, value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else {
      throw .invalid("the value of header '\(name)' is too long or holds control characters")
    }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
