/// A call in the source that the script language gives a meaning to.
struct SourceCall {
  enum Kind: Equatable {
    /// `app "name" { … }`
    case app
    /// `machine "name" { … }`
    case machine
    /// `app:endpoint(path, { … }, handler)`
    case endpoint
  }

  var kind: Kind
  /// The name or path, where it is a literal.
  var name: String?
  var nameSpan: SourceSpan
  /// The table that follows, where it is a constructor.
  var table: SourceTable?
  /// Lines that Lua may give as the call's.
  var lines: ClosedRange<Int>
  /// The text of the first `--- …` line right above.
  var doc: String?
}
