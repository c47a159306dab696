import Planning

extension Decision {
  /// What a provider found after a restart, against what is expected of it.
  mutating func compare(with alive: [RunnerID: FoundInstance]) {
    for runner in app.runners {
      let found = alive[runner.id].flatMap { $0.generation == runner.generation ? $0 : nil }
      switch runner.state {
      case .pending:
        // One that is not there has not been started yet, and is told again to start.
        if let found, !runner.isUnplaced { record(.runnerStarted(runner.id, found.place)) }
      case .setup, .idle, .running, .draining:
        if found != nil { record(.runnerAdopted(runner.id)) } else { lose(runner, Self.lost, isAtFault: true) }
      case .terminating, .crashBackoff, .terminated:
        // The first is told again to end; the others expect no process.
        break
      }
    }
  }

  /// What ran on nodes that are gone is gone with them.
  mutating func loseNodes(_ absent: Set<NodeID>) {
    for runner in app.runners {
      guard let placement = runner.placement, absent.contains(placement.node) else { continue }
      let failure = RunnerFailure(code: "node-vanished", message: "its node \(placement.node) vanished")
      lose(runner, failure, isAtFault: false)
    }
  }

  private static let lost = RunnerFailure(
    code: "runner-lost", message: "the provider does not know the runner any more")

  /// A runner is given up. It is killed all the same: what told of its loss may be older than the runner, or its node may
  /// come back with it.
  ///
  /// - Parameter isAtFault: whether a failed start says something about its revision.
  private mutating func lose(_ runner: Runner, _ failure: RunnerFailure, isAtFault: Bool) {
    switch runner.state {
    case .pending:
      record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
    case .setup where isAtFault:
      failStart(of: runner, failure, killAt: now)
    case .setup:
      // Another runner is started in its place: its own end may never be told.
      let history = app.revision(runner.revision)?.failures ?? .init()
      record(.runnerCrashed(runner.id, failure, crashes: history.crashes, holdUntil: history.holdUntil ?? now))
      record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
    case .idle, .running:
      crash(runner, failure)
      record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
    case .draining:
      record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
    case .terminating, .crashBackoff, .terminated:
      break
    }
  }
}
