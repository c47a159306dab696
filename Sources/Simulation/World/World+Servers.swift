import AppModel
import EngineCore
import FoundationEssentials
import Planning
import Store

/// Servers die, and others take their place.
extension World {
  private var home: String { "\(folder)/\(images)" }

  /// The server is killed. What it had written is what the next one finds.
  mutating func crash() throws {
    guard let dead = server else { return }
    note("server \(dead.number) dies")
    report.serverCrashes += 1
    doom = nil
    disk.work()
    try moveHome()
    server = nil
    routes = [:]
    for runner in processes.keys.sorted(by: { $0.text < $1.text }) {
      guard let process = processes[runner] else { continue }
      processes[runner]?.host = nil
      switch process.phase {
      case .starting:
        // The command died with the server, or was carried out.
        if random.chance(50) { processes[runner] = nil } else { begin(runner, process) }
      case .ended, .refused: if random.chance(50) { processes[runner] = nil }
      case .alive: break
      }
    }
    if random.chance(20) { clockAhead = clockAhead + random.duration(-600_000...600_000) }
    schedule(.serverStarts, in: random.duration(50...20_000))
  }

  /// Files as a kill leaves them: closing the database would tidy up.
  private mutating func moveHome() throws {
    let old = home
    images += 1
    let files = FileManager.default
    try files.createDirectory(atPath: home, withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: old) where name.hasPrefix("apolune.sqlite") && !name.hasSuffix("-shm") {
      try files.copyItem(atPath: "\(old)/\(name)", toPath: "\(home)/\(name)")
    }
    server = nil
    try files.removeItem(atPath: old)
  }

  mutating func startServer() throws {
    guard server == nil else { return }
    let store = try Store.open(folder: home, faults: disk)
    let recovered = try store.recover()
    try check(recovered)
    serversMade += 1
    let number = serversMade
    note("server \(number) starts after fact \(recovered.sequence)")
    server = Server(number: number, store: store, state: recovered.state)
    // All routes first: requests for any app then wait instead of finding nothing.
    for app in recovered.state.apps.keys.sorted() {
      let moment = clock
      let route = recovered.state.due(for: app, at: moment).filter { if case .route = $0 { true } else { false } }
      for action in server?.outbox.take(route, of: app, at: moment) ?? [] { try perform(action) }
    }
    nodesToldAt = now
    if hasFaults && random.chance(5) { startStray() }
    let happening = Happening.inventory(nodesPresent, findRunning(), server: serversMade)
    let delay = random.duration(0...500)
    schedule(happening, in: serversMade == 1 ? .zero : delay)
  }

  /// A process that no server knows of any more: its data folder is an older copy, say.
  private mutating func startStray() {
    guard let node = nodesPresent.first else { return }
    pidsGiven += 1
    let nothing = Machine(type: "none", cpu: 0, memory: ByteCount(0))
    var stray = SimulatedProcess(
      generation: random.number(1...3), placement: Placement(node: node.id, machine: nothing), pid: pidsGiven, isStubborn: false)
    stray.isStray = true
    stray.phase = .alive
    processes[RunnerID("stray-\(pidsGiven)")] = stray
  }

  private func findRunning() -> [FoundInstance] {
    processes.sorted { $0.key.text < $1.key.text }.compactMap { runner, process in
      guard process.phase == .alive, !nodesAway.contains(process.placement.node) else { return nil }
      return FoundInstance(id: runner, generation: process.generation, place: process.place(of: runner))
    }
  }

  /// The server hears what there is, and goes on from there.
  mutating func adopt(_ nodes: [Node], _ found: [FoundInstance], server number: Int) throws {
    guard let server, server.number == number else { return }
    var batch = Batch(server.state)
    try decide(.report(.nodes(nodes)), &batch)
    try decide(.report(.inventory(found)), &batch)
    try Checks.checkAdoption(batch, found)
    let adopted = batch.facts.count { if case .runnerAdopted = $0.change { true } else { false } }
    guard try commit(&batch) else {
      // The disk is full: the same again.
      if self.server != nil { self.server?.letters.removeFirst(2) }
      return schedule(.inventory(nodes, found, server: number), in: random.duration(100...1_000))
    }
    report.adopted += adopted
    self.server?.isServing = true
    self.server?.settling = server.state.apps.keys.sorted() + [.none]
    try turn()
  }
}
