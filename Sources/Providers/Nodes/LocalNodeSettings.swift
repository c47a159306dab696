public import AppModel
public import Planning

/// What the operator says of this machine; whatever is nil is found out.
public struct LocalNodeSettings: Sendable, Hashable {
  /// What the node is called; nil: the host's name.
  public var name: String?
  public var labels: [String: String] = [:]
  /// CPU cores; nil: those that this process may use.
  public var cpu: Double?
  /// nil: all of the machine's, or what this process is limited to.
  public var memory: ByteCount?
  /// nil: those that the driver names. An empty list: none, and nobody looks for any.
  public var gpus: [Node.GPU]?
  /// Runners may hold so many times the cores together: their quota is an upper bound that few use for long.
  public var cpuOvercommit = 16.0
  /// Memory that is promised twice ends processes, so that it is not by default.
  public var memoryOvercommit = 1.0

  public init() {}
}
