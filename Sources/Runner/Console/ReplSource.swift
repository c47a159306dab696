/// What a person typed, made ready for a console whose top-level locals persist.
///
/// A chunk's locals end with the chunk. So `local x = 1` at the top level becomes an assignment, which lands in the console's
/// environment; the text keeps its lines and columns, for the positions in errors. A `<close>` variable stays local.
struct ReplSource {
  private enum Token {
    case name(Range<Int>)
    case symbol(UInt8, Int)
  }

  private let source: [UInt8]
  private var tokens: [Token] = []

  init(_ source: [UInt8]) {
    self.source = source
    scan()
  }

  /// An expression to try first: the source behind `return`, without the `=` that old habits put before it.
  static func expression(_ source: [UInt8]) -> [UInt8] { Array("return ".utf8) + source }

  static func withoutLeadingEquals(_ source: [UInt8]) -> [UInt8] {
    let start = source.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? source.endIndex
    guard start < source.endIndex, source[start] == UInt8(ascii: "=") else { return source }
    return Array(source[(start + 1)...])
  }

  // MARK: Locals

  /// The source with its top-level locals turned into assignments.
  func withPersistentLocals() -> [UInt8] {
    var output = source
    var insertions: [Int] = []
    var depth = 0
    var index = 0
    while index < tokens.count {
      defer { index += 1 }
      guard case .name(let range) = tokens[index] else { continue }
      switch word(range) {
      case "function", "do", "if", "repeat": depth += 1
      case "end", "until": depth -= 1
      case "local" where depth == 0:
        guard let declaration = declaration(after: index) else { continue }
        for blank in [range] + declaration.blanks { output.replaceSubrange(blank, with: blank.map { _ in 0x20 }) }
        if let end = declaration.valueGoesTo { insertions.append(end) }
      default: continue
      }
    }
    for position in insertions.reversed() { output.insert(contentsOf: " = nil".utf8, at: position) }
    return output
  }

  private struct Declaration {
    /// Attributes, which an assignment does not have.
    var blanks: [Range<Int>] = []
    /// Where ` = nil` goes when there is no value.
    var valueGoesTo: Int?
  }

  /// What follows `local` at `index`; nil when it has to stay as it is.
  private func declaration(after index: Int) -> Declaration? {
    var declaration = Declaration()
    var next = index + 1
    guard let first = name(at: next) else { return nil }
    if word(first) == "function" { return declaration }
    var end = first.upperBound
    while let name = name(at: next) {
      end = name.upperBound
      next += 1
      if isSymbol("<", at: next), let attribute = self.name(at: next + 1), isSymbol(">", at: next + 2) {
        guard word(attribute) != "close" else { return nil }
        let blank = position(of: next)..<position(of: next + 2) + 1
        declaration.blanks.append(blank)
        end = blank.upperBound
        next += 3
      }
      guard isSymbol(",", at: next) else { break }
      next += 1
    }
    if !isSymbol("=", at: next) { declaration.valueGoesTo = end }
    return declaration
  }

  private func word(_ range: Range<Int>) -> String { String(decoding: source[range], as: UTF8.self) }

  private func name(at index: Int) -> Range<Int>? {
    guard index < tokens.count, case .name(let range) = tokens[index] else { return nil }
    return range
  }

  private func isSymbol(_ symbol: Unicode.Scalar, at index: Int) -> Bool {
    guard index < tokens.count, case .symbol(let byte, _) = tokens[index] else { return false }
    return byte == UInt8(ascii: symbol)
  }

  private func position(of index: Int) -> Int {
    switch tokens[index] {
    case .name(let range): range.lowerBound
    case .symbol(_, let position): position
    }
  }

  // MARK: Tokens

  private mutating func scan() {
    var index = 0
    while index < source.count {
      let byte = source[index]
      if Self.isWordByte(byte) {
        let end = source[index...].firstIndex { !Self.isWordByte($0) } ?? source.endIndex
        tokens.append(.name(index..<end))
        index = end
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        index = endOfString(from: index)
      } else if byte == UInt8(ascii: "["), let end = endOfLongBracket(from: index) {
        index = end
      } else if byte == UInt8(ascii: "-"), at(index + 1) == UInt8(ascii: "-") {
        index = endOfComment(from: index + 2)
      } else {
        if byte > 0x20 { tokens.append(.symbol(byte, index)) }
        index += 1
      }
    }
  }

  private func at(_ index: Int) -> UInt8? { index < source.count ? source[index] : nil }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private func endOfString(from start: Int) -> Int {
    var index = start + 1
    while let byte = at(index), byte != source[start] {
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, source.count)
  }

  /// The end of `[[…]]` or `[==[…]==]` that starts at `start`; nil when none does.
  private func endOfLongBracket(from start: Int) -> Int? {
    let equals = source[(start + 1)...].prefix { $0 == UInt8(ascii: "=") }.count
    guard at(start + 1 + equals) == UInt8(ascii: "[") else { return nil }
    var index = start + 2 + equals
    while index < source.count {
      if source[index] == UInt8(ascii: "]"), source[(index + 1)...].prefix(equals).allSatisfy({ $0 == UInt8(ascii: "=") }),
        at(index + 1 + equals) == UInt8(ascii: "]")
      {
        return index + 2 + equals
      }
      index += 1
    }
    return source.count
  }

  private func endOfComment(from start: Int) -> Int {
    if at(start) == UInt8(ascii: "["), let end = endOfLongBracket(from: start) { return end }
    return source[start...].firstIndex(of: 0x0a) ?? source.count
  }
}
