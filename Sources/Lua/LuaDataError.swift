import CLua

/// Why bytes or a value could not become data: malformed JSON, too large, too deep, or a value that data cannot express.
///
/// `message` is for people and never holds values, only their place: `.words[3].name: a function has no JSON form`.
public struct LuaDataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Code: String, Sendable, Hashable {
    /// The text is not JSON; `line` and `column` say where.
    case syntax
    /// Nested deeper than ``LuaTape/depthMax``, or a table that holds itself.
    case depth
    /// Larger than the caller allows.
    case limit
    /// A value without a data form: a function, a table with both names and elements, a number that is not finite.
    case refused
    /// No memory left, in the process or within the limit of the state.
    case memory
  }

  /// The kind of failure.
  public var code: Code
  /// One sentence without a full stop; starts with the path of the value where there is one.
  public var message: String
  /// The line of the text, from 1; nil when no text is concerned.
  public var line: Int?
  /// The column in bytes, from 1.
  public var column: Int?
  /// The offset in bytes from the start of the text.
  public var offset: Int?

  public init(code: Code, message: String, line: Int? = nil, column: Int? = nil, offset: Int? = nil) {
    self.code = code
    self.message = message
    self.line = line
    self.column = column
    self.offset = offset
  }

  public var description: String {
    guard let line, let column else { return message }
    return "line \(line), column \(column): \(message)"
  }

  /// What the C side found; `path` stands before the message.
  init(_ issue: borrowing clua_issue, path: String = "") {
    code =
      switch Int(issue.code) {
      case CLUA_DATA_SYNTAX: .syntax
      case CLUA_DATA_DEPTH: .depth
      case CLUA_DATA_LIMIT: .limit
      case CLUA_DATA_MEMORY: .memory
      default: .refused
      }
    let text = withUnsafeBytes(of: issue.message) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    message = path.isEmpty ? text : "\(path): \(text)"
    guard issue.line > 0 else { return }
    line = Int(issue.line)
    column = Int(issue.column)
    offset = Int(issue.offset)
  }
}
