public import AppModel

/// What the validator made of a draft. With an error among the diagnostics, nothing in it may be deployed or run.
public struct Validation: Sendable, Hashable {
  public var definitions: [AppDefinition] = []
  /// The catalogue that the definitions were checked against: the built-in types and the script's own.
  public var machines: [MachineType] = []
  /// In the order of the source.
  public var diagnostics: [Diagnostic] = []

  public init() {}

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
