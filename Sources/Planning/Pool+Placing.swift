public import AppModel

/// What becomes of a runner that needs a place.
public enum PlacementAnswer: Sendable, Hashable {
  case placed(Placement)
  /// There is no room at present; why, in words.
  case notNow(String)
  /// No node could ever hold it; why, in words.
  case never(String)
}

extension Pool {
  /// A place for a runner: on the first of `machines` that has room somewhere.
  ///
  /// The node that is left with the least takes it, so that large holes stay for large runners, and nodes with GPUs are
  /// kept for those who need them.
  ///
  /// - Parameters:
  ///   - regions: labels `region` or names of nodes; empty: anywhere.
  ///   - delta: what the same decision has taken and given back already.
  public func place(_ machines: [Machine], regions: [String] = [], besides delta: PoolDelta = PoolDelta()) -> PlacementAnswer {
    for machine in machines {
      if let placement = best(for: machine, regions, delta) { return .placed(placement) }
    }
    let whys = machines.map { obstacle(to: $0, regions, delta) }
    let words = whys.map(\.words).joined(separator: "; ")
    return whys.contains { !$0.isForGood } ? .notNow(words) : .never(words)
  }

  /// Why no node could ever hold any of `machines`, in words; nil when one could.
  public func obstacleForGood(to machines: [Machine], regions: [String] = []) -> String? {
    var words: [String] = []
    for machine in machines {
      let isHeldSomewhere = shares.contains {
        $0.isPresent && $0.isIn(regions) && $0.couldHold(machine, match: machine.gpu.map(GPUMatch.init))
      }
      if isHeldSomewhere { return nil }
      words.append(obstacle(to: machine, regions, PoolDelta()).words)
    }
    return words.joined(separator: "; ")
  }

  private func best(for machine: Machine, _ regions: [String], _ delta: PoolDelta) -> Placement? {
    let cpu = machine.cpu.milli
    let memory = machine.memory.bytes
    let match = machine.gpu.map(GPUMatch.init)
    var best: (index: Int, score: Int64, gpus: [String])?
    for index in shares.indices where shares[index].isPresent {
      let (cpuFree, memoryFree) = shares[index].free(delta)
      guard cpuFree >= cpu, memoryFree >= memory, shares[index].isIn(regions) else { continue }
      // Smaller is better. One GPU weighs more than any memory.
      var score = memoryFree - memory
      var gpus: [String] = []
      if let match {
        let free = shares[index].free(match, delta)
        guard free.count >= machine.gpuCount else { continue }
        gpus = free.prefix(machine.gpuCount).map(\.id)
        score += Int64(free.count - machine.gpuCount) << 50
      } else {
        score += Int64(shares[index].node.gpus.count) << 50
      }
      if best.map({ score < $0.score }) ?? true { best = (index, score, gpus) }
    }
    return best.map { Placement(node: shares[$0.index].node.id, machine: machine, gpus: $0.gpus) }
  }
}

extension NodeShare {
  func isIn(_ regions: [String]) -> Bool {
    regions.isEmpty || regions.contains(node.id.text) || node.labels["region"].map(regions.contains) ?? false
  }

  func couldHold(_ machine: Machine, match: GPUMatch?) -> Bool {
    guard node.cpu.milli >= machine.cpu.milli, node.memory.bytes >= machine.memory.bytes else { return false }
    return match.map { match in node.gpus.count(where: match.accepts) >= machine.gpuCount } ?? true
  }

  func free(_ delta: PoolDelta) -> (milliCPU: Int64, memory: Int64) {
    var free = (milliCPU: milliCPUFree, memory: memoryFree)
    for placement in delta.taken where placement.node == node.id {
      free.milliCPU -= placement.machine.cpu.milli
      free.memory -= placement.machine.memory.bytes
    }
    for placement in delta.freed where placement.node == node.id {
      free.milliCPU += placement.machine.cpu.milli
      free.memory += placement.machine.memory.bytes
    }
    return free
  }

  /// Free GPUs that match, those with the least memory first.
  func free(_ match: GPUMatch, _ delta: PoolDelta) -> [Node.GPU] {
    let held = gpusHeld.subtracting(delta.freed.lazy.filter { $0.node == node.id }.flatMap(\.gpus))
      .union(delta.taken.lazy.filter { $0.node == node.id }.flatMap(\.gpus))
    return node.gpus.filter { match.accepts($0) && !held.contains($0.id) }
      .sorted { ($0.memory.bytes, $0.id) < ($1.memory.bytes, $1.id) }
  }
}
