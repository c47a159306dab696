public import AppModel

/// What came of running a script: `apolune-runner evaluate` prints it as JSON.
public struct ScriptReport: Sendable, Hashable, Codable {
  /// nil where the script could not even be read or parsed.
  public var draft: Draft?
  /// What was found while it ran; the validator adds its own.
  public var diagnostics: [Diagnostic]

  public init(draft: Draft?, diagnostics: [Diagnostic]) {
    self.draft = draft
    self.diagnostics = diagnostics
  }
}
