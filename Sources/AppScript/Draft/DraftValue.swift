/// A value that a script gave, before anybody asked whether it is right.
public struct DraftValue: Sendable, Hashable, Codable {
  public indirect enum Content: Sendable, Hashable, Codable {
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// A number that JSON cannot carry: `nan`, `inf`, `-inf`.
    case notFinite(String)
    case text(String)
    /// Values without a name, in order, and fields with one.
    case table(items: [DraftValue], fields: [DraftField])
    /// A Lua function; the line where it is defined.
    case function(line: Int)
    /// What no option can hold: `a string that is not UTF-8`, `a coroutine`.
    case other(String)
  }

  public var content: Content
  /// Where the value stands in the source, or the call that it was part of.
  public var mark: SourceMark

  public init(_ content: Content, at mark: SourceMark) {
    self.content = content
    self.mark = mark
  }
}

/// `key = value` in a table.
public struct DraftField: Sendable, Hashable, Codable {
  /// A key that is not text is written as in Lua: `[5]`.
  public var key: String
  public var keyMark: SourceMark
  public var value: DraftValue

  public init(key: String, keyMark: SourceMark, value: DraftValue) {
    self.key = key
    self.keyMark = keyMark
    self.value = value
  }
}

extension DraftValue {
  /// As messages name what was found: `a table`, `the text "abc"`, `7`.
  var description: String {
    switch content {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.plain
    case .notFinite(let name): name == "nan" ? "a number that is not one (nan)" : "an infinite number"
    case .text(let text): text.isEmpty ? "an empty text" : "the text \(Self.quoted(text))"
    case .table: "a table"
    case .function: "a function"
    case .other(let name): name
    }
  }

  private static let textShown = 40

  /// Quoted, on one line, and cut where it is long.
  static func quoted(_ text: String) -> String {
    let shown = text.prefix(textShown).unicodeScalars.reduce(into: "") { shown, scalar in
      let isControl = scalar.value < 32 || scalar.value == 127
      shown += isControl ? "\\\(scalar.value)" : String(scalar)
    }
    return text.count > textShown ? "\"\(shown)…\"" : "\"\(shown)\""
  }
}
