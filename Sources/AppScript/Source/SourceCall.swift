/// A call in the source that the script language gives a meaning to.
struct SourceCall {
  enum Kind: Equatable {
    /// `app "name" { … }`
    case app
    /// `machine "name" { … }`
    case machine
    /// `app:endpoint(path, { … }, handler)`
    case endpoint
    /// `server { … }`
    case server
    /// `node "name" { … }`
    case node

    /// As the script writes it.
    var word: String {
      switch self {
      case .app: "app"
      case .machine: "machine"
      case .endpoint: "endpoint"
      case .server: "server"
      case .node: "node"
      }
    }
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
