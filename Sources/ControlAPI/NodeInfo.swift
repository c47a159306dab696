/// A machine, what it has, and who holds what.
public struct NodeInfo: Sendable, Hashable, Codable {
  public struct GPU: Sendable, Hashable, Codable {
    public var id: String
    public var model: String
    public var memoryBytes: Int64
    /// The runner that holds it.
    public var runner: String?

    public init(id: String, model: String, memoryBytes: Int64, runner: String?) {
      self.id = id
      self.model = model
      self.memoryBytes = memoryBytes
      self.runner = runner
    }
  }

  public struct Holder: Sendable, Hashable, Codable {
    public var runner: String
    /// As in URLs: `owner/name`.
    public var app: String
    public var machineType: String
    public var cpu: Double
    public var memoryBytes: Int64
    public var gpus: [String]

    public init(runner: String, app: String, machineType: String, cpu: Double, memoryBytes: Int64, gpus: [String]) {
      self.runner = runner
      self.app = app
      self.machineType = machineType
      self.cpu = cpu
      self.memoryBytes = memoryBytes
      self.gpus = gpus
    }
  }

  public var id: String
  /// false: it vanished, and its runners with it.
  public var isPresent: Bool
  public var labels: [String: String]
  public var cpu: Double
  public var cpuHeld: Double
  public var memoryBytes: Int64
  public var memoryHeldBytes: Int64
  public var gpus: [GPU]
  public var runners: [Holder]
  /// What is enforced here and what cannot be, in words.
  public var enforcement: [String]

  public init(id: String, isPresent: Bool, cpu: Double, memoryBytes: Int64) {
    self.id = id
    self.isPresent = isPresent
    labels = [:]
    self.cpu = cpu
    cpuHeld = 0
    self.memoryBytes = memoryBytes
    memoryHeldBytes = 0
    gpus = []
    runners = []
    enforcement = []
  }
}

public struct NodeList: Sendable, Hashable, Codable {
  public var nodes: [NodeInfo]

  public init(nodes: [NodeInfo]) { self.nodes = nodes }
}
