/// The query of a URL, as forms write it: `a=1&b=x%20y+z`.
enum QueryText {
  struct Parameter: Hashable {
    var name: String
    var value: String
  }

  /// In order, with what is encoded decoded; a name without a value has an empty one. Bytes that are no text are replaced,
  /// and a percent sign that begins nothing stands for itself: whatever a caller writes gives some text.
  static func parameters(_ query: String) -> [Parameter] {
    query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      return Parameter(name: decoded(name), value: decoded(pair.dropFirst(name.count + 1)))
    }
  }

  private static func decoded(_ text: Substring.UTF8View) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), let (high, low) = digits(rest) {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digits(_ text: Substring.UTF8View) -> (UInt8, UInt8)? {
    guard let high = text.first.flatMap(digit), let low = text.dropFirst().first.flatMap(digit) else { return nil }
    return (high, low)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
