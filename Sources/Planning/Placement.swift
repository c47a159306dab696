public import AppModel

/// What one runner holds of one node, from the decision to start it until it has ended.
public struct Placement: Sendable, Hashable, Codable {
  public var node: NodeID
  /// The machine of the app's list that had room.
  public var machine: Machine
  /// Ids of the node's GPUs that the runner alone has; as many as `machine.gpuCount`.
  public var gpus: [String]

  public init(node: NodeID, machine: Machine, gpus: [String] = []) {
    self.node = node
    self.machine = machine
    self.gpus = gpus
  }
}
