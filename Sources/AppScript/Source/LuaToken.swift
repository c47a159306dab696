/// One token of Lua source; spaces and comments lie between tokens.
struct LuaToken {
  enum Kind: Equatable {
    case name(String)
    /// With its escapes resolved, as Lua sees it.
    case string([UInt8])
    case number
    /// `(`, `==`, `...`; keywords are names.
    case symbol(String)
  }

  var kind: Kind
  var span: SourceSpan
  /// Line of the last byte: long strings end below where they begin.
  var lineEnd: Int

  func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }
  func isName(_ text: String) -> Bool { kind == .name(text) }

  var text: String? { if case .string(let bytes) = kind { String(validating: bytes, as: UTF8.self) } else { nil } }
}

/// Where something stands in one file; line and column count from 1, in bytes. The length ends with the line.
struct SourceSpan: Hashable {
  var line: Int
  var column: Int
  var length: Int
}
