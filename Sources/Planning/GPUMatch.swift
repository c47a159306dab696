import AppModel

/// Whether a GPU is what a machine type asks for.
///
/// Models are compared by words, since drivers add some: `RTX 4090` is `NVIDIA GeForce RTX 4090`, `H100` is `NVIDIA H100
/// 80GB HBM3`, and `A100` is not `A1000`.
struct GPUMatch {
  /// What a driver reports may be less than what is printed on the box: 81,559 MiB for 80 GB, 23,028 MiB for 24 GB.
  static let memoryTolerance = 0.07

  let words: [String]
  let memoryLeast: Double
  let memoryMost: Double

  init(_ wanted: MachineType.GPU) {
    words = Self.words(wanted.model)
    memoryLeast = Double(wanted.memory.bytes) * (1 - Self.memoryTolerance)
    // A card of the same name with far more memory is another card, and asked for by another type.
    memoryMost = Double(wanted.memory.bytes) * 1.25
  }

  func accepts(_ gpu: GPUKind.Key) -> Bool {
    let memory = Double(gpu.memory.bytes)
    guard memory >= memoryLeast, memory <= memoryMost else { return false }
    let named = Self.words(gpu.model)
    return words.allSatisfy(named.contains)
  }

  static func words(_ model: String) -> [String] {
    model.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
  }
}
