import EngineCore
import RunnerProtocol

extension RunnerLink {
  /// One of its requests is over; its slot is given back next, so that a runner which is to go gets no other request.
  func exchangeEnds(_ exchange: Exchange) {
    if let hints = exchange.notes.hints { desk.hintsArrived(hints, from: self) }
    switch Reaction(exchange.notes, fault: exchange.fault) {
    case .none: break
    case .check: checkAtOnce()
    case .probe: probe()
    case .retire:
      desk.runnerDraining(self)
      tellOnce(.stopWanted)
    case .replace(let report):
      desk.runnerDraining(self)
      tellOnce(.unhealthy(report))
    }
  }

  private func checkAtOnce() {
    if let health { health.checkAtOnce() } else { probe() }
  }

  /// Whether the program of a command app takes connections. A Lua runner's own connection says the same at any time.
  private func probe() {
    guard !isProbing, let upstreams else { return }
    isProbing = true
    upstreams.probe { [weak self] isOpen in
      guard let self else { return }
      isProbing = false
      guard !isOpen else { return }
      desk.runnerDraining(self)
      tellOnce(.unhealthy(.connectionRefused))
    }
  }
}

extension FailureReport {
  static var connectionRefused: FailureReport {
    FailureReport(code: "connection-refused", message: "the app's program does not accept connections")
  }
}
