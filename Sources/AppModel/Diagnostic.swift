/// One problem in a script: what, where, and how to mend it.
public struct Diagnostic: Sendable, Hashable, Codable {
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    case error
    case warning
  }

  public var severity: Severity
  /// A stable, kebab-case name: `unknown-option`.
  public var code: String
  public var message: String
  public var position: SourcePosition?
  /// Length of the marked source, in bytes; 0 marks the point alone.
  public var length: Int
  /// What to do: `did you mean 'keep_alive'?`
  public var fix: String?

  public init(
    _ severity: Severity, _ code: String, _ message: String, at position: SourcePosition? = nil, length: Int = 0,
    fix: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.position = position
    self.length = length
    self.fix = fix
  }
}

/// A place in a source file; line and column count from 1, columns in bytes.
public struct SourcePosition: Sendable, Hashable, Codable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}
