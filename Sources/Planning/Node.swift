public import AppModel

/// A machine with capacity for runners, as its provider last saw it.
public struct Node: Sendable, Hashable, Codable, Identifiable {
  public var id: NodeID
  /// What the operator calls it: region, zone, rack, ….
  public var labels: [String: String]
  /// CPU cores that runners may hold together; more than the machine has where the operator overcommits.
  public var cpu: Double
  /// Memory that runners may hold together.
  public var memory: ByteCount
  public var gpus: [GPU]

  /// One GPU of a node; a runner holds it alone.
  public struct GPU: Sendable, Hashable, Codable, Identifiable {
    /// Unique within the node, and what `CUDA_VISIBLE_DEVICES` takes: a UUID, or an index.
    public var id: String
    /// As the driver names it: `NVIDIA H100 80GB HBM3`.
    public var model: String
    public var memory: ByteCount

    public init(id: String, model: String, memory: ByteCount) {
      self.id = id
      self.model = model
      self.memory = memory
    }
  }

  public init(id: NodeID, labels: [String: String] = [:], cpu: Double, memory: ByteCount, gpus: [GPU] = []) {
    self.id = id
    self.labels = labels
    self.cpu = cpu
    self.memory = memory
    self.gpus = gpus
  }
}
