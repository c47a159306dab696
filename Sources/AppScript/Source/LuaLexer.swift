/// Splits Lua source into tokens. It is there for positions, not for judgement: where the source is broken it stops, and Lua's
/// own parser reports the error.
struct LuaLexer {
  private let source: [UInt8]
  private var offset = 0
  private var line = 1
  private var lineStart = 0
  /// Text of `--- …` comments, by line.
  private(set) var docs: [Int: String] = [:]
  private(set) var tokens: [LuaToken] = []

  /// Scripts are at most a megabyte; this bounds the memory for a hostile one.
  static let tokensMax = 500_000

  /// Symbols of more than one character, by their first, longest first.
  private static let longSymbols: [UInt8: [String]] = Dictionary(
    grouping: ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"], by: { $0.utf8.first ?? 0 })

  init(_ source: [UInt8]) {
    self.source = source
    while tokens.count < Self.tokensMax, readOne() {}
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    offset + ahead < source.count ? source[offset + ahead] : nil
  }

  private mutating func newline(at position: Int) {
    line += 1
    lineStart = position + 1
  }

  /// Reads a space, a comment or a token; false at the end, and where the source is broken.
  private mutating func readOne() -> Bool {
    guard let first = byte() else { return false }
    if first == UInt8(ascii: "\n") {
      newline(at: offset)
      offset += 1
      return true
    }
    if Ascii.isSpace(first) {
      offset += 1
      return true
    }
    if first == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") { return skipComment() }
    let start = offset
    let (startLine, column) = (line, offset - lineStart + 1)
    guard let kind = readToken(first) else { return false }
    let lineEnds = source[start..<offset].firstIndex(of: UInt8(ascii: "\n")) ?? offset
    let span = SourceSpan(line: startLine, column: column, length: lineEnds - start)
    tokens.append(LuaToken(kind: kind, span: span, lineEnd: line))
    return true
  }

  private mutating func readToken(_ first: UInt8) -> LuaToken.Kind? {
    if Ascii.isLetter(first) || first == UInt8(ascii: "_") {
      let start = offset
      while let next = byte(), Ascii.isLetter(next) || Ascii.isDigit(next) || next == UInt8(ascii: "_") { offset += 1 }
      return .name(String(decoding: source[start..<offset], as: UTF8.self))
    }
    if Ascii.isDigit(first) || (first == UInt8(ascii: ".") && byte(1).map(Ascii.isDigit) == true) {
      readNumber()
      return .number
    }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return readString(first) }
    if first == UInt8(ascii: "["), let level = longLevel() { return readLong(level).map { .string($0) } }
    guard first < 128 else { return nil }
    let symbol = Self.longSymbols[first]?.first { source[offset...].starts(with: $0.utf8) } ?? String(UnicodeScalar(first))
    offset += symbol.utf8.count
    return .symbol(symbol)
  }

  /// Generous: `1e+5`, `0x1p-3` and whatever else begins with a digit.
  private mutating func readNumber() {
    while let next = byte() {
      let isSign = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
      let afterExponent = [UInt8](("eEpP").utf8).contains(source[offset == 0 ? 0 : offset - 1])
      guard Ascii.isDigit(next) || Ascii.isLetter(next) || next == UInt8(ascii: ".") || (isSign && afterExponent) else { return }
      offset += 1
    }
  }

  private mutating func skipComment() -> Bool {
    let commentLine = line
    let isDoc = byte(2) == UInt8(ascii: "-") && byte(3) != UInt8(ascii: "-")
    offset += 2
    if byte() == UInt8(ascii: "["), let level = longLevel() { return readLong(level) != nil }
    let start = offset
    while let next = byte(), next != UInt8(ascii: "\n") { offset += 1 }
    if isDoc {
      let text = String(decoding: source[(start + 1)..<offset], as: UTF8.self)
      docs[commentLine] = String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
    return true
  }

  /// At `[`: the number of `=` in `[==[`; nil where it is no long bracket.
  private func longLevel() -> Int? {
    var ahead = 1
    while byte(ahead) == UInt8(ascii: "=") { ahead += 1 }
    return byte(ahead) == UInt8(ascii: "[") ? ahead - 1 : nil
  }

  private mutating func readLong(_ level: Int) -> [UInt8]? {
    offset += level + 2
    let close = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
    if byte() == UInt8(ascii: "\r") { offset += 1 }
    let start = byte() == UInt8(ascii: "\n") ? offset + 1 : offset
    while let next = byte() {
      if next == UInt8(ascii: "\n") { newline(at: offset) }
      if next == UInt8(ascii: "]"), source[offset...].starts(with: close) {
        let bytes = Array(source[min(start, offset)..<offset])
        offset += close.count
        return bytes
      }
      offset += 1
    }
    return nil
  }
}

extension LuaLexer {
  private mutating func readString(_ quote: UInt8) -> LuaToken.Kind? {
    offset += 1
    var bytes: [UInt8] = []
    while let next = byte(), next != UInt8(ascii: "\n") {
      offset += 1
      if next == quote { return .string(bytes) }
      if next == UInt8(ascii: "\\") {
        guard readEscape(&bytes) else { return nil }
      } else {
        bytes.append(next)
      }
    }
    return nil
  }

  private mutating func readEscape(_ bytes: inout [UInt8]) -> Bool {
    guard let letter = byte() else { return false }
    offset += 1
    switch letter {
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "a"): bytes.append(7)
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "v"): bytes.append(11)
    case UInt8(ascii: "x"): return readHexEscape(&bytes)
    case UInt8(ascii: "u"): return readUnicodeEscape(&bytes)
    case UInt8(ascii: "z"):
      while let next = byte(), Ascii.isSpace(next) || next == 10 {
        if next == 10 { newline(at: offset) }
        offset += 1
      }
    case UInt8(ascii: "\n"):
      newline(at: offset - 1)
      bytes.append(10)
    case _ where Ascii.isDigit(letter):
      var value = Int(letter - UInt8(ascii: "0"))
      for _ in 0..<2 {
        guard let next = byte(), Ascii.isDigit(next) else { break }
        value = value * 10 + Int(next - UInt8(ascii: "0"))
        offset += 1
      }
      guard let decoded = UInt8(exactly: value) else { return false }
      bytes.append(decoded)
    default: bytes.append(letter)
    }
    return true
  }

  private mutating func readHexEscape(_ bytes: inout [UInt8]) -> Bool {
    guard offset + 2 <= source.count, let value = UInt8(hex(source[offset..<(offset + 2)]), radix: 16) else { return false }
    bytes.append(value)
    offset += 2
    return true
  }

  private mutating func readUnicodeEscape(_ bytes: inout [UInt8]) -> Bool {
    guard byte() == UInt8(ascii: "{"), let end = source[offset...].prefix(16).firstIndex(of: UInt8(ascii: "}")) else {
      return false
    }
    guard let value = UInt32(hex(source[(offset + 1)..<end]), radix: 16), let scalar = UnicodeScalar(value) else { return false }
    bytes += Array(String(scalar).utf8)
    offset = end + 1
    return true
  }

  private func hex(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// The classes of bytes that Lua's own lexer knows.
enum Ascii {
  static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 11 || byte == 12 }
}
