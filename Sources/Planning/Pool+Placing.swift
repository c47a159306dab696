import AppModel

/// What becomes of a runner that needs a place.
public enum PlacementAnswer: Sendable, Hashable {
  case placed(Placement)
  /// There is no room at present; why, in words.
  case notNow(String)
  /// No node could ever hold it; why, in words.
  case never(String)
}

extension Pool {
  /// A place for a runner: on the first of the wish's machines that has room somewhere.
  ///
  /// The node that is left with the smallest hole takes it, so that large holes stay for large runners, and nodes with GPUs
  /// are kept for those who need them.
  ///
  /// - Parameter delta: what the same decision has taken and given back already.
  public func place(_ wish: Wish, besides delta: PoolDelta = PoolDelta()) -> PlacementAnswer {
    let rooms = rooms(besides: delta)
    let eligible = eligible(wish.regions)
    for machine in wish.machines {
      if let placement = place(machine, in: rooms, eligible) { return .placed(placement) }
    }
    let obstacles = wish.machines.map { obstacle(to: $0, wish.regions, in: rooms) }
    let words = obstacles.map(\.words).joined(separator: "; ")
    return obstacles.contains { !$0.isForGood } ? .notNow(words) : .never(words)
  }

  /// Why no node could ever hold any of the wish's machines, in words; nil when one could. As long as no node is known, one
  /// could.
  public func obstacleForGood(to wish: Wish) -> String? {
    guard !isEmpty else { return nil }
    let obstacles = wish.machines.map { obstacle(to: $0, wish.regions, in: rooms) }
    guard obstacles.allSatisfy(\.isForGood) else { return nil }
    return obstacles.map(\.words).joined(separator: "; ")
  }

  /// Nodes in those regions, by index; nil: all.
  func eligible(_ regions: [String]) -> [Int]? {
    regions.isEmpty ? nil : Set(regions.flatMap { indicesByRegion[$0] ?? [] }).sorted()
  }

  /// Kinds of GPU that the machine may have, those with the least memory first; nil: it needs none.
  func matchingKinds(of machine: Machine) -> [GPUKind]? {
    guard let gpu = machine.gpu, machine.gpuCount > 0 else { return nil }
    let match = GPUMatch(gpu)
    return kinds.filter { match.accepts($0.gpu) }
  }

  private struct Choice {
    var index: Int
    /// GPUs of the node that the runner keeps from others, or leaves over; fewer are better.
    var gpusLeft: Int
    /// Free CPU and memory that stay on the node, weighed against the whole node's; less is better.
    var hole: Double

    func isBetter(than other: Choice) -> Bool {
      gpusLeft == other.gpusLeft ? hole < other.hole : gpusLeft < other.gpusLeft
    }
  }

  private func place(_ machine: Machine, in rooms: [Room], _ eligible: [Int]?) -> Placement? {
    let (milliCPU, memory) = (machine.cpu.milli, machine.memory.bytes)
    let kinds = matchingKinds(of: machine)
    if kinds?.isEmpty == true { return nil }
    let perMilliCPU = 1 / Double(max(1, milliCPU)), perByte = 1 / Double(max(1, memory))
    var best: Choice?
    func look(at index: Int) {
      let room = rooms[index]
      guard room.milliCPUFree >= milliCPU, room.memoryFree >= memory, room.isPresent else { return }
      var gpusLeft = room.gpuCount
      if let kinds {
        gpusLeft = (kinds.mask(at: index) & room.gpusFree).nonzeroBitCount - machine.gpuCount
        guard gpusLeft >= 0 else { return }
      }
      // In units of the runner itself: how many more of its like would have fitted.
      let hole = Double(room.milliCPUFree - milliCPU) * perMilliCPU + Double(room.memoryFree - memory) * perByte
      let choice = Choice(index: index, gpusLeft: gpusLeft, hole: hole)
      if best.map(choice.isBetter) ?? true { best = choice }
    }
    if let eligible {
      for index in eligible { look(at: index) }
    } else {
      for index in rooms.indices { look(at: index) }
    }
    guard let best else { return nil }
    let node = shares[best.index].node
    let gpus = kinds.map { $0.free(machine.gpuCount, at: best.index, of: rooms[best.index].gpusFree) } ?? []
    return Placement(node: node.id, machine: machine, gpus: gpus.map { node.gpus[$0].id })
  }
}

extension [GPUKind] {
  /// All GPUs of these kinds on that node.
  func mask(at index: Int) -> UInt64 {
    var mask: UInt64 = 0
    for kind in self { mask |= kind.masks[index] }
    return mask
  }

  /// Numbers of the node's first free GPUs of these kinds, in the order of the kinds.
  fileprivate func free(_ count: Int, at index: Int, of free: UInt64) -> [Int] {
    var numbers: [Int] = []
    for kind in self {
      var bits = kind.masks[index] & free
      while bits != 0, numbers.count < count {
        numbers.append(bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
    return numbers
  }
}
