/// What the operator says of a machine that runners may use.
public struct NodeConfiguration: Sendable, Hashable, Codable {
  public var name: String
  /// CPU cores; nil: those that the machine has.
  public var cpu: Double?
  /// nil: all that the machine has.
  public var memory: ByteCount?
  public var labels: [String: String] = [:]
  public var overcommit = Overcommit()
  /// nil: those that the driver names; empty: none.
  public var gpus: [GPU]?

  /// How many times what is there runners may hold together.
  public struct Overcommit: Sendable, Hashable, Codable {
    /// A runner's CPU quota is an upper bound that few use for long.
    public var cpu = 16.0
    /// Memory that is promised twice ends processes.
    public var memory = 1.0

    public init() {}
  }

  public struct GPU: Sendable, Hashable, Codable {
    /// What `CUDA_VISIBLE_DEVICES` takes: an index, or a UUID. Unique within the node.
    public var id: String
    public var model: String
    public var memory: ByteCount

    public init(id: String, model: String, memory: ByteCount) {
      self.id = id
      self.model = model
      self.memory = memory
    }
  }

  public init(name: String) { self.name = name }
}
