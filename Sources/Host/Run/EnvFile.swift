/// The variables of a `.env` file: `NAME=value` lines, `#` comments, optional `export` and quotes.
public struct EnvFile: Sendable, Equatable {
  public var variables: [String: String] = [:]

  /// A file with more bytes than this is refused.
  static let bytesMax = 1_048_576

  public struct Problem: Error, Equatable, CustomStringConvertible {
    public var line: Int
    public var message: String

    public var description: String { "line \(line): \(message)" }
  }

  public init(parsing text: String) throws(Problem) {
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = raw.trimmingSpaces()
      if line.isEmpty || line.hasPrefix("#") { continue }
      let (name, value) = try Self.assignment(line, number: index + 1)
      variables[name] = value
    }
  }

  private static func assignment(_ line: Substring, number: Int) throws(Problem) -> (String, String) {
    var rest = line
    if rest.hasPrefix("export ") { rest = rest.dropFirst("export ".count).trimmingSpaces() }
    guard let equals = rest.firstIndex(of: "=") else {
      throw Problem(line: number, message: "expected NAME=value")
    }
    let name = rest[..<equals].trimmingSpaces()
    guard isName(name) else {
      throw Problem(line: number, message: "'\(name)' is no variable name: use letters, digits and '_'")
    }
    return (String(name), try value(rest[rest.index(after: equals)...].trimmingSpaces(), number: number))
  }

  private static func value(_ raw: Substring, number: Int) throws(Problem) -> String {
    guard let quote = raw.first, quote == "\"" || quote == "'" else {
      // An unquoted value ends where a comment begins.
      guard let comment = raw.commentStart else { return String(raw) }
      return String(raw[..<comment].trimmingSpaces())
    }
    guard let end = raw.dropFirst().firstIndex(of: quote) else {
      throw Problem(line: number, message: "the quote \(quote) is never closed")
    }
    return String(raw[raw.index(after: raw.startIndex)..<end])
  }

  private static func isName(_ name: Substring) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      byte == 95 || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
  }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate func trimmingSpaces() -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
    guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}

extension Substring {
  /// A `#` that begins a comment: one behind a space.
  fileprivate var commentStart: Index? {
    indices.first { self[$0] == "#" && $0 > startIndex && self[index(before: $0)] == " " }
  }
}
