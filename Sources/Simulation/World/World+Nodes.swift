import EngineCore
import Planning

/// Nodes that vanish and return.
extension World {
  mutating func lose(_ node: NodeID) {
    note("node \(node) vanishes")
    report.nodesLost += 1
    nodesAway.insert(node)
    // Perhaps only the network is gone: what runs there runs on, and nobody hears of it. Strays are found at the start of a
    // server alone, so that those on nodes that were away then would stay for ever.
    let isCutOff = random.chance(50)
    for (runner, process) in processes.sorted(by: { $0.key.text < $1.key.text })
    where process.placement.node == node && process.isAlive && (!isCutOff || process.isStray) {
      processes[runner]?.phase = .ended(.unknown)
      if process.host == server?.number, random.chance(50) {
        tell(runner, process.generation, .linkClosed, isLink: true)
      }
    }
    if isCutOff { nodesCutOff.insert(node) }
    tellNodes()
    schedule(.nodeReturns(node), in: random.duration(100...60_000))
  }

  mutating func restore(_ node: NodeID) {
    guard nodesAway.remove(node) != nil else { return }
    note("node \(node) returns")
    nodesCutOff.remove(node)
    tellNodes()
  }

  /// Lists may be late, and told twice, but an older one never comes after a younger one.
  private mutating func tellNodes() {
    guard let number = server?.number else { return }
    nodesToldAt = max(nodesToldAt, now + random.duration(0...3_000))
    let letter = Happening.letter(.nodes(nodesPresent), server: number)
    agenda.note(letter, at: nodesToldAt)
    if hasFaults && random.chance(20) { agenda.note(letter, at: nodesToldAt) }
  }
}
