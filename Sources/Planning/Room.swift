import AppModel

/// What a node has, and what is free of it: all that is looked at to place a runner, in plain numbers.
struct Room: Sendable, Hashable {
  /// More GPUs of one node are not used: no machine has as many, and the free ones fit into a word.
  static let gpusMax = 64

  var milliCPU: Int64
  var memory: Int64
  /// Negative where more is held than there is: the node has shrunk.
  var milliCPUFree: Int64
  var memoryFree: Int64
  /// Bits of the GPUs that nobody holds.
  var gpusFree: UInt64
  var gpuCount: Int
  var isPresent: Bool

  init(_ share: NodeShare) {
    milliCPU = share.node.cpu.milli
    memory = share.node.memory.bytes
    milliCPUFree = milliCPU - share.milliCPUHeld
    memoryFree = memory - share.memoryHeld
    gpuCount = min(share.node.gpus.count, Self.gpusMax)
    isPresent = share.isPresent
    gpusFree = 0
    for (index, gpu) in share.node.gpus.prefix(Self.gpusMax).enumerated() where !share.gpusHeld.contains(gpu.id) {
      gpusFree |= .bit(index)
    }
  }

  func isLarge(enoughFor machine: Machine) -> Bool {
    milliCPU >= machine.cpu.milli && memory >= machine.memory.bytes
  }
}
