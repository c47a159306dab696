/// Blanks out comments and the content of literals, keeping line breaks and the code within interpolations.
struct Blanker {
  private let characters: [Character]
  private var index = 0
  private var output = ""

  init(_ text: String) { characters = Array(text) }

  mutating func run() -> String {
    while index < characters.count { step() }
    return output
  }

  private func starts(with text: String) -> Bool {
    let end = index + text.count
    return end <= characters.count && characters[index..<end].elementsEqual(text)
  }

  private mutating func step() {
    if starts(with: "//") {
      while index < characters.count, characters[index] != "\n" { index += 1 }
    } else if starts(with: "/*") {
      skipComment()
    } else if characters[index] == "\"" || isRawLiteral {
      skipText()
    } else {
      output.append(characters[index])
      index += 1
    }
  }

  /// `#"…"#`, however many `#`.
  private var isRawLiteral: Bool {
    guard characters[index] == "#" else { return false }
    let after = characters[index...].drop { $0 == "#" }
    return after.first == "\""
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        index += 2
      } else if starts(with: "*/") {
        depth -= 1
        index += 2
      } else {
        if characters[index] == "\n" { output.append("\n") }
        index += 1
      }
    } while depth > 0 && index < characters.count
  }

  private mutating func skipText() {
    let hashes = String(repeating: "#", count: characters[index...].prefix { $0 == "#" }.count)
    index += hashes.count
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    index += quote.count
    output.append("\"")
    while index < characters.count, !starts(with: quote + hashes) {
      if starts(with: "\\" + hashes + "(") {
        index += hashes.count + 1
        skipInterpolation()
      } else if starts(with: "\\" + hashes) {
        index += hashes.count + 2
      } else {
        if characters[index] == "\n" { output.append("\n") }
        index += 1
      }
    }
    index += quote.count + hashes.count
    output.append("\"")
  }

  /// The code of an interpolation is code: it is kept.
  private mutating func skipInterpolation() {
    var depth = 0
    repeat {
      guard index < characters.count else { return }
      if characters[index] == "(" { depth += 1 }
      if characters[index] == ")" { depth -= 1 }
      step()
    } while depth > 0
  }
}
