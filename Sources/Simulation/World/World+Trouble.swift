import EngineCore
import Store

/// What goes wrong that no runner, node or person is to blame for.
extension World {
  mutating func makeTrouble() throws {
    guard hasFaults else { return }
    schedule(.trouble, in: random.duration(500...15_000))
    switch random.number(0...99) {
    case ..<25: doom = random.pick(CrashPoint.allCases)
    case ..<35: if server != nil { try crash() }
    case ..<55:
      note("the disk is full")
      disk.fail(at: random.chance(50) ? .write : .commit)
      schedule(.diskWorks, in: random.duration(50...8_000))
    case ..<75:
      if let node = random.pick(nodesPresent) { lose(node.id) }
    case ..<80:
      // The machine slept. What was to happen meanwhile happens now, late.
      let sleep = random.duration(1_000...300_000)
      note("the clock jumps by \(sleep)")
      clockAhead += sleep
    default:
      let ready = processes.filter { $0.value.phase == .alive && $0.value.app == .ready && $0.value.host == server?.number }
      guard let runner = random.pick(ready.keys.sorted { $0.text < $1.text }), let process = processes[runner] else { return }
      tell(runner, process.generation, .unhealthy(.init(code: "unhealthy", message: "no pulse")), isLink: true)
    }
  }

  mutating func repairDisk() {
    note("the disk works")
    disk.work()
  }

  /// Now and then the server dies while it writes one, or has old facts ended.
  mutating func takeSnapshot() throws {
    if hasFaults { schedule(.snapshot, in: random.duration(1_000...60_000)) }
    guard let server, server.isServing else { return }
    let dies = hasFaults && random.chance(15)
    if dies { disk.fail(after: random.number(0...8)) }
    note("a snapshot after fact \(server.store.lastSequence)")
    do {
      try server.store.snapshot(server.state, at: server.store.lastSequence)
      report.snapshots += 1
      if random.chance(30) { try server.store.prune(now: clock, FactRetention(ageMax: .zero, countMax: 0)) }
    } catch {
      note("  not taken: \(error)")
    }
    if dies { return try crash() }
    if random.chance(30) { try checkRecovery() }
  }
}
