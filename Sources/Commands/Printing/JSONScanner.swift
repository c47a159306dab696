/// Reads JSON without making values of it, to find out whether it is well-formed and what it is.
struct JSONScanner {
  /// Values within values; more are not taken for JSON, so that no input can exhaust the stack.
  static let depthMax = 512

  let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The kind and the place of the one value that `bytes` holds; nil: it is not JSON.
  mutating func document() -> (JSONText.Kind, Range<Int>)? {
    skipBlanks()
    let start = position
    guard let kind = value(depth: 0) else { return nil }
    let end = position
    skipBlanks()
    return position == bytes.count ? (kind, start..<end) : nil
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, Self.isBlank(byte) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if isThere { position += word.utf8CodeUnitCount }
    return isThere
  }

  private mutating func value(depth: Int) -> JSONText.Kind? {
    guard depth < Self.depthMax, let byte = next else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth) ? .object : nil
    case UInt8(ascii: "["): return list(depth) ? .list : nil
    case UInt8(ascii: "\""): return string() ? .text : nil
    case UInt8(ascii: "t"): return take("true") ? .boolean : nil
    case UInt8(ascii: "f"): return take("false") ? .boolean : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number() ? .number : nil
    }
  }

  private mutating func object(_ depth: Int) -> Bool {
    position += 1
    skipBlanks()
    if take(UInt8(ascii: "}")) { return true }
    while true {
      guard string() else { return false }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { return false }
      skipBlanks()
      guard value(depth: depth + 1) != nil else { return false }
      skipBlanks()
      if take(UInt8(ascii: "}")) { return true }
      guard take(UInt8(ascii: ",")) else { return false }
      skipBlanks()
    }
  }

  private mutating func list(_ depth: Int) -> Bool {
    position += 1
    skipBlanks()
    if take(UInt8(ascii: "]")) { return true }
    while true {
      guard value(depth: depth + 1) != nil else { return false }
      skipBlanks()
      if take(UInt8(ascii: "]")) { return true }
      guard take(UInt8(ascii: ",")) else { return false }
      skipBlanks()
    }
  }

  private mutating func string() -> Bool {
    guard take(UInt8(ascii: "\"")) else { return false }
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case 0..<0x20: return false
      case UInt8(ascii: "\\"): guard escape() else { return false }
      default: break
      }
    }
    return false
  }

  /// What follows a backslash.
  private mutating func escape() -> Bool {
    guard let byte = next else { return false }
    position += 1
    guard byte == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(byte) }
    for _ in 0..<4 {
      guard let digit = next, Self.isHexadecimal(digit) else { return false }
      position += 1
    }
    return true
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private mutating func number() -> Bool {
    _ = take(UInt8(ascii: "-"))
    // A number that begins with 0 ends there: what has more digits is a code, and no number.
    guard take(UInt8(ascii: "0")) || digits() else { return false }
    if take(UInt8(ascii: ".")), !digits() { return false }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      return digits()
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, Self.isDigit(byte) { position += 1 }
    return position > start
  }
}
