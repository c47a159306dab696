/// Tells whether bytes are one JSON value (RFC 8259), which can then stand in a larger one as they are: nothing is read into
/// values and written again, so that numbers and the order of fields stay the app's.
struct JSONSyntax {
  /// Deeper ones are read by few.
  private static let depthMax = 512

  private let bytes: [UInt8]
  private var place = 0

  static func isValue(_ bytes: [UInt8]) -> Bool {
    var syntax = JSONSyntax(bytes: bytes)
    return syntax.isWhole() && String(validating: bytes, as: UTF8.self) != nil
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  /// Whether each open value is an object.
  private mutating func isWhole() -> Bool {
    var open: [Bool] = []
    while true {
      guard let isEmpty = value(&open), open.count <= Self.depthMax else { return false }
      if isEmpty == false { continue }
      while true {
        skipSpace()
        guard let isObject = open.last else { return place == bytes.count }
        if take(",") {
          guard !isObject || key() else { return false }
          break
        }
        guard take(isObject ? "}" : "]") else { return false }
        open.removeLast()
      }
    }
  }

  /// - Returns: nil: there is none; false: one has begun, in which a value comes next; true: it has ended.
  private mutating func value(_ open: inout [Bool]) -> Bool? {
    skipSpace()
    if take("{") {
      skipSpace()
      if take("}") { return true }
      open.append(true)
      return key() ? false : nil
    }
    if take("[") {
      skipSpace()
      if take("]") { return true }
      open.append(false)
      return false
    }
    return string() || word("true") || word("false") || word("null") || number() ? true : nil
  }

  private mutating func key() -> Bool {
    skipSpace()
    guard string() else { return false }
    skipSpace()
    return take(":")
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"): guard escape() else { return false }
      case 0..<0x20: return false
      default: break
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let byte = next else { return false }
    place += 1
    guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
    for _ in 0..<4 {
      guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit, digit < 0x80 else { return false }
      place += 1
    }
    return true
  }

  private mutating func number() -> Bool {
    _ = take("-")
    // No digits come behind a zero at the start.
    guard take("0") || digits() else { return false }
    if take("."), !digits() { return false }
    guard take("e") || take("E") else { return true }
    if !take("+") { _ = take("-") }
    return digits()
  }

  private mutating func digits() -> Bool {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    return place > start
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard place + count <= bytes.count,
      UnsafeBufferPointer(start: word.utf8Start, count: count).elementsEqual(bytes[place..<place + count])
    else { return false }
    place += count
    return true
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
  }
}
