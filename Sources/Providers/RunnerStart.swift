public import AppModel
public import Planning

/// A runner that is to be started.
public struct RunnerStart: Sendable, Hashable {
  public var instance: RunnerInstance
  /// Where.
  public var node: NodeID
  /// What it gets.
  public var machine: Machine
  /// Ids of the node's GPUs that it alone has.
  public var gpus: [String]

  public init(_ instance: RunnerInstance, on node: NodeID, machine: Machine, gpus: [String] = []) {
    self.instance = instance
    self.node = node
    self.machine = machine
    self.gpus = gpus
  }
}
