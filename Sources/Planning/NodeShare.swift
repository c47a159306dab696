import AppModel

/// One node, and how much of it runners hold.
public struct NodeShare: Sendable, Hashable {
  public internal(set) var node: Node
  /// false: its provider does not list it any more, or has not listed it yet.
  public internal(set) var isPresent: Bool
  /// Thousandths of a CPU core: whole numbers, so that taking and giving back add up.
  public private(set) var milliCPUHeld: Int64 = 0
  public private(set) var memoryHeld: Int64 = 0
  public private(set) var gpusHeld: Set<String> = []

  init(node: Node, isPresent: Bool) {
    self.node = node
    self.isPresent = isPresent
  }

  public var isUnused: Bool { milliCPUHeld == 0 && memoryHeld == 0 && gpusHeld.isEmpty }

  public var milliCPUFree: Int64 { node.cpu.milli - milliCPUHeld }
  public var memoryFree: Int64 { node.memory.bytes - memoryHeld }
  public var gpusFree: [Node.GPU] { node.gpus.filter { !gpusHeld.contains($0.id) } }

  mutating func hold(_ placement: Placement) {
    milliCPUHeld += placement.machine.cpu.milli
    memoryHeld += placement.machine.memory.bytes
    gpusHeld.formUnion(placement.gpus)
  }

  mutating func release(_ placement: Placement) {
    milliCPUHeld -= placement.machine.cpu.milli
    memoryHeld -= placement.machine.memory.bytes
    gpusHeld.subtract(placement.gpus)
  }
}

extension Double {
  /// In thousandths, rounded up; nobody has a billion cores.
  var milli: Int64 { Int64((Swift.max(0, Swift.min(self, 1e9)) * 1000).rounded(.up)) }
}
