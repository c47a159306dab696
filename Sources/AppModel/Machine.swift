/// What one runner gets: a machine type with its GPU count applied.
public struct Machine: Sendable, Hashable, Codable {
  /// Name of the machine type.
  public var type: String
  public var cpu: Double
  public var memory: ByteCount
  public var gpu: MachineType.GPU?
  /// 0 on CPU types.
  public var gpuCount: Int

  public init(type: String, cpu: Double, memory: ByteCount, gpu: MachineType.GPU? = nil, gpuCount: Int = 0) {
    self.type = type
    self.cpu = cpu
    self.memory = memory
    self.gpu = gpu
    self.gpuCount = gpuCount
  }

  /// `count` GPUs of `type`: CPU and memory grow in proportion. A CPU type ignores the count.
  public init(_ type: MachineType, gpuCount count: Int = 1) {
    let units = type.gpu == nil ? 1 : count
    self.init(
      type: type.name, cpu: type.cpu * Double(units), memory: ByteCount(type.memory.bytes * Int64(units)),
      gpu: type.gpu, gpuCount: type.gpu == nil ? 0 : count)
  }
}
