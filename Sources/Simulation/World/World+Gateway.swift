import EngineCore

/// The gateway counts requests.
extension World {
  mutating func reportDemand() throws {
    schedule(.gateway, in: random.duration(hasFaults ? 10...3_000 : 60_000...120_000))
    guard let server, server.isServing else { return }
    for id in apps {
      guard let app = server.state.apps[id], !hasFaults || random.chance(60) else { continue }
      if random.chance(30) { load[id] = random.number(0...12) }
      if !hasFaults { load[id] = 0 }
      var waiting = load[id] ?? 0
      var inFlight: [RunnerID: Int] = [:]
      for runner in app.runners where runner.state.isReady && waiting > 0 {
        let taken = random.number(0...min(waiting, 4))
        waiting -= taken
        if taken > 0 { inFlight[runner.id] = taken }
      }
      let waited = waiting > 0 ? Double(random.number(0...5_000)) / 1000 : nil
      let busy = hasFaults && random.chance(20) ? Set(app.runners.lazy.filter(\.state.isReady).map(\.id)) : []
      self.server?.letters.append(
        .report(.demand(id, Demand(queued: waiting, oldestQueuedSeconds: waited, inFlight: inFlight, busySince: busy))))
    }
    try turnSoon()
  }
}
