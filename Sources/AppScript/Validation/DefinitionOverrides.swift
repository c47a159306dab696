public import AppModel

/// What command-line flags say in place of the script.
public struct DefinitionOverrides: Sendable, Hashable {
  public var auth: Auth?
  public var strategy: Strategy?
  /// In order of preference; nil: the script's own.
  public var machineTypes: [String]?
  public var gpuCount: Int?

  public init(auth: Auth? = nil, strategy: Strategy? = nil, machineTypes: [String]? = nil, gpuCount: Int? = nil) {
    self.auth = auth
    self.strategy = strategy
    self.machineTypes = machineTypes
    self.gpuCount = gpuCount
  }
}
