public import AppModel

/// Body of every answer of the control API that is not 2xx.
public struct APIProblem: Error, Sendable, Hashable, Codable {
  /// Kebab-case: `app-not-found`, `script-invalid`, `bundle-too-large`, ….
  public var code: String
  /// One sentence: what is wrong.
  public var message: String
  /// How to mend it.
  public var fix: String?
  /// Of a script or a settings change; empty otherwise.
  public var diagnostics: [Diagnostic]

  public init(code: String, message: String, fix: String? = nil, diagnostics: [Diagnostic] = []) {
    self.code = code
    self.message = message
    self.fix = fix
    self.diagnostics = diagnostics
  }
}
