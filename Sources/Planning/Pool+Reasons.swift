import AppModel

/// Why a machine finds no place.
struct Obstacle {
  var words: String
  /// No node is large enough, even when it is empty.
  var isForGood: Bool
}

extension Pool {
  func obstacle(to machine: Machine, _ regions: [String], in rooms: [Room]) -> Obstacle {
    let present = rooms.indices.filter { rooms[$0].isPresent }
    guard !present.isEmpty else { return Obstacle(words: "no node is there", isForGood: false) }
    let eligible = eligible(regions) ?? present
    guard !eligible.isEmpty else {
      return Obstacle(words: "no node is in \(regions.joined(separator: ", "))", isForGood: true)
    }
    let kinds = matchingKinds(of: machine)
    func gpus(_ index: Int) -> Int { kinds?.mask(at: index).nonzeroBitCount ?? machine.gpuCount }
    guard eligible.contains(where: { rooms[$0].isLarge(enoughFor: machine) && gpus($0) >= machine.gpuCount }) else {
      return Obstacle(words: tooLarge(machine, kinds, eligible, rooms), isForGood: true)
    }
    return Obstacle(words: occupied(machine, kinds, eligible, rooms), isForGood: false)
  }

  /// "no node is that large: …"
  private func tooLarge(_ machine: Machine, _ kinds: [GPUKind]?, _ eligible: [Int], _ rooms: [Room]) -> String {
    var candidates = eligible
    if let kinds {
      func gpus(_ index: Int) -> Int { kinds.mask(at: index).nonzeroBitCount }
      guard let most = eligible.first(of: gpus), gpus(most) > 0 else { return "no node has a GPU for \(machine.type)" }
      candidates = eligible.filter { gpus($0) >= machine.gpuCount }
      if candidates.isEmpty {
        return "no node is that large: \(machine.gpuCount) \(machine.type) are wanted, \(name(most)) has \(gpus(most))"
      }
    }
    let need = "no node is that large: \(Self.needs(machine)) are wanted for \(machine.type)"
    guard let largest = candidates.first(of: { (rooms[$0].memory, rooms[$0].milliCPU) }) else { return need }
    return "\(need), the largest, \(name(largest)), has \((Double(rooms[largest].milliCPU) / 1000).cores) and "
      + rooms[largest].memory.gigabytes
  }

  /// "no node has … free; …"
  private func occupied(_ machine: Machine, _ kinds: [GPUKind]?, _ eligible: [Int], _ rooms: [Room]) -> String {
    var candidates = eligible
    if let kinds {
      func all(_ index: Int) -> Int { kinds.mask(at: index).nonzeroBitCount }
      func free(_ index: Int) -> Int { (kinds.mask(at: index) & rooms[index].gpusFree).nonzeroBitCount }
      candidates = eligible.filter { free($0) >= machine.gpuCount }
      if candidates.isEmpty, let most = eligible.first(of: { (free($0), all($0)) }) {
        return "no node has \(machine.gpuCount) free \(machine.type); \(free(most)) of \(all(most)) free on \(name(most))"
      }
    }
    let need = "no node has \(Self.needs(machine)) free for \(machine.type)"
    guard let most = candidates.first(of: { (rooms[$0].memoryFree, rooms[$0].milliCPUFree) }) else { return need }
    let free = rooms[most]
    return "\(need); \(name(most)) has \((Double(max(0, free.milliCPUFree)) / 1000).cores) and "
      + "\(max(0, free.memoryFree).gigabytes) free"
  }

  private func name(_ index: Int) -> NodeID { shares[index].node.id }

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

extension [Int] {
  /// The first of those with the largest measure.
  fileprivate func first<Measure: Comparable>(of measure: (Int) -> Measure) -> Int? {
    var best: (index: Int, measure: Measure)?
    for index in self {
      let measure = measure(index)
      if best.map({ $0.measure < measure }) ?? true { best = (index, measure) }
    }
    return best?.index
  }

  fileprivate func first<Major: Comparable, Minor: Comparable>(of measure: (Int) -> (Major, Minor)) -> Int? {
    var best: (index: Int, measure: (Major, Minor))?
    for index in self {
      let measure = measure(index)
      if best.map({ $0.measure < measure }) ?? true { best = (index, measure) }
    }
    return best?.index
  }
}
