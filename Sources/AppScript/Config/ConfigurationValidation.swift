public import AppModel

/// What the validator made of the operator's file.
public struct ConfigurationValidation: Sendable, Hashable {
  /// nil where there is an error.
  public var configuration: ServerConfiguration?
  /// In the order of the source.
  public var diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic] = []) { self.diagnostics = diagnostics }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
