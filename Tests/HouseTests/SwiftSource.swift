/// As much of Swift as the house rules need: code without comments and text, imports, and where functions begin and end.
struct SwiftSource {
  /// The source with comments and the content of literals blanked out; line breaks stay.
  let code: String
  private let lines: [Substring]

  init(_ text: String) {
    var blanker = Blanker(text)
    code = blanker.run()
    lines = code.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Modules that are imported, `import struct Glibc.stat` being `Glibc`.
  var imports: [String] {
    let pattern =
      #/
      ^\s* (?:@\w+(?:\(\w+\))?\s+)* (?:\w+\s+)? import\s+
      (?:(?:struct|class|enum|func|var|let|protocol|typealias)\s+)? (\w+)
      /#
    return lines.compactMap { $0.firstMatch(of: pattern).map { String($0.output.1) } }
  }

  struct Function: Hashable {
    var name: String
    /// From its first line to its closing brace.
    var lines: Int
  }

  /// Functions, initializers and accessors with a body, those within others included.
  var functions: [Function] {
    let pattern =
      #/
      \b(?: func\s+([^\s(<]+) | (init)[?!]?\s*[(<] | (deinit)\b | (subscript)\s*[(<] | var\s+(\w+)[^=]*\{\s*$ )
      /#
    return lines.indices.compactMap { index in
      guard let output = lines[index].firstMatch(of: pattern)?.output, let end = endOfBody(from: index) else { return nil }
      let name = output.1 ?? output.2 ?? output.3 ?? output.4 ?? output.5 ?? ""
      return Function(name: String(name), lines: end - index + 1)
    }
  }

  /// The line where the first brace that opens at or after `start` closes; nil when a declaration ends without one.
  private func endOfBody(from start: Int) -> Int? {
    var depth = 0
    var parentheses = 0
    var hasBegun = false
    for index in start..<lines.count {
      for character in lines[index] {
        switch character {
        case "(": parentheses += 1
        case ")": parentheses -= 1
        case "{":
          depth += 1
          hasBegun = hasBegun || parentheses == 0
        case "}":
          depth -= 1
          if depth < 0 { return nil }
          if hasBegun, depth == 0 { return index }
        default: break
        }
      }
      if !hasBegun, parentheses == 0, !goesOn(after: index) { return nil }
    }
    return nil
  }

  /// Whether the declaration that line `index` ends in may still get a body: a protocol's requirement does not.
  private func goesOn(after index: Int) -> Bool {
    guard index + 1 < lines.count else { return false }
    let next = lines[index + 1].drop { $0.isWhitespace }
    return ["{", ")", "->", "where ", "async", "throws"].contains { next.hasPrefix($0) }
  }
}
