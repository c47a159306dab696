public import AppModel

/// A script that could not be loaded, and why. There is always at least one diagnostic.
public struct ScriptFailure: Error, Sendable, Hashable {
  public var diagnostics: [Diagnostic]
  /// What the script had said before it failed; nil where it never ran.
  public var draft: Draft?

  public init(_ diagnostics: [Diagnostic], draft: Draft? = nil) {
    self.diagnostics = diagnostics
    self.draft = draft
  }

  /// A failure of a whole file, which has no line.
  init(_ code: String, _ message: String, file: String, fix: String? = nil) {
    self.init([Diagnostic(.error, code, message, fix: fix)])
  }

  /// As `apolune-runner evaluate` prints it.
  public var report: ScriptReport { ScriptReport(draft: draft, diagnostics: diagnostics) }
}
