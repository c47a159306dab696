/// The CPU, memory and GPU of one runner, under a name that scripts use.
public struct MachineType: Sendable, Hashable, Codable {
  public var name: String
  /// CPU cores; half a core is 0.5.
  public var cpu: Double
  public var memory: ByteCount
  /// The GPU that one unit of this type has; nil for CPU types.
  public var gpu: GPU?
  /// Price of one unit per hour, in the operator's currency.
  public var pricePerHour: Double?

  public struct GPU: Sendable, Hashable, Codable {
    public var model: String
    public var memory: ByteCount

    public init(model: String, memory: ByteCount) {
      self.model = model
      self.memory = memory
    }
  }

  public init(name: String, cpu: Double, memory: ByteCount, gpu: GPU? = nil, pricePerHour: Double? = nil) {
    self.name = name
    self.cpu = cpu
    self.memory = memory
    self.gpu = gpu
    self.pricePerHour = pricePerHour
  }
}

extension MachineType {
  /// The name that an app gets when it names no machine type.
  public static let defaultName = "S"

  /// The built-in machine types, smallest first.
  public static let builtIn: [MachineType] = [
    MachineType(name: "XS", cpu: 0.5, memory: .megabytes(512)),
    MachineType(name: "S", cpu: 1, memory: .gigabytes(1)),
    MachineType(name: "M", cpu: 2, memory: .gigabytes(2)),
    MachineType(name: "L", cpu: 4, memory: .gigabytes(15)),
    gpu("GPU-A6000", cpu: 10, memory: 18, model: "A6000", gpuMemory: 48),
    gpu("GPU-A100", cpu: 12, memory: 60, model: "A100", gpuMemory: 40),
    gpu("GPU-H100", cpu: 12, memory: 112, model: "H100", gpuMemory: 80),
    gpu("GPU-H200", cpu: 12, memory: 112, model: "H200", gpuMemory: 141),
    gpu("GPU-B200", cpu: 24, memory: 112, model: "B200", gpuMemory: 192),
  ]

  private static func gpu(_ name: String, cpu: Double, memory: Int64, model: String, gpuMemory: Int64) -> MachineType {
    MachineType(
      name: name, cpu: cpu, memory: .gigabytes(memory), gpu: GPU(model: model, memory: .gigabytes(gpuMemory)))
  }
}
