import AppModel

/// Why a machine finds no place.
struct Obstacle {
  var words: String
  /// No node is large enough, even when it is empty.
  var isForGood: Bool
}

extension Pool {
  func obstacle(to machine: Machine, _ regions: [String], _ delta: PoolDelta) -> Obstacle {
    let present = shares.filter(\.isPresent)
    guard !present.isEmpty else { return Obstacle(words: "no node is there", isForGood: false) }
    let eligible = present.filter { $0.isIn(regions) }
    guard !eligible.isEmpty else {
      let names = regions.joined(separator: ", ")
      return Obstacle(words: "no node is in \(names)", isForGood: true)
    }
    let match = machine.gpu.map(GPUMatch.init)
    guard eligible.contains(where: { $0.couldHold(machine, match: match) }) else {
      return Obstacle(words: tooLarge(machine, match, eligible), isForGood: true)
    }
    return Obstacle(words: occupied(machine, match, eligible, delta), isForGood: false)
  }

  /// "no node is that large: …"
  private func tooLarge(_ machine: Machine, _ match: GPUMatch?, _ shares: [NodeShare]) -> String {
    if let match {
      let most = shares.map { ($0.node.gpus.count(where: match.accepts), $0.node.id) }.max { $0.0 < $1.0 }
      guard let most, most.0 > 0 else { return "no node has a GPU for \(machine.type)" }
      if most.0 < machine.gpuCount {
        return "no node is that large: \(machine.gpuCount) \(machine.type) are wanted, \(most.1) has \(most.0)"
      }
    }
    let memory = shares.map(\.node.memory.bytes).max() ?? 0
    let cpu = shares.map(\.node.cpu).max() ?? 0
    return "no node is that large: \(Self.needs(machine)) are wanted, the largest node has \(cpu.cores) and "
      + memory.gigabytes
  }

  /// "no node has … free; …"
  private func occupied(
    _ machine: Machine, _ match: GPUMatch?, _ shares: [NodeShare], _ delta: PoolDelta
  ) -> String {
    if let match {
      let counts = shares.map { share in
        (free: share.free(match, delta).count, all: share.node.gpus.count(where: match.accepts), id: share.node.id)
      }
      let most = counts.filter { $0.all > 0 }.max { ($0.free, $0.all) < ($1.free, $1.all) }
      if let most, most.free < machine.gpuCount {
        return "no node has \(machine.gpuCount) free \(machine.type); \(most.free) of \(most.all) free on \(most.id)"
      }
    }
    let rooms = shares.map { (free: $0.free(delta), id: $0.node.id) }
    let most = rooms.max { ($0.free.memory, $0.free.milliCPU) < ($1.free.memory, $1.free.milliCPU) }
    guard let most else { return "no node has room for \(machine.type)" }
    let free = "\((Double(max(0, most.free.milliCPU)) / 1000).cores) and \(max(0, most.free.memory).gigabytes)"
    return "no node has \(Self.needs(machine)) free for \(machine.type); \(most.id) has \(free) free"
  }

  private static func needs(_ machine: Machine) -> String { "\(machine.cpu.cores) and \(machine.memory)" }
}

extension Double {
  fileprivate var cores: String {
    if self == 1 { return "1 core" }
    let hundredths = (self * 100).rounded() / 100
    let text = hundredths == hundredths.rounded() ? "\(Int64(hundredths))" : "\(hundredths)"
    return "\(text) cores"
  }
}

extension Int64 {
  /// A node's memory is seldom a round number.
  fileprivate var gigabytes: String {
    let tenths = (Double(self) / 1_073_741_824 * 10).rounded(.down) / 10
    return tenths == tenths.rounded() ? "\(Int64(tenths)) GB" : "\(tenths) GB"
  }
}
