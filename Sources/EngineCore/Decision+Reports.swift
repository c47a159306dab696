extension Decision {
  /// Takes what provider or data plane say of a runner.
  mutating func take(
    _ report: Input.RunnerReport, of id: RunnerID, generation: Int
  ) throws(EngineRejection) {
    guard let runner = app.runner(id), generation >= runner.generation else { return record(.inputIgnored) }
    guard generation == runner.generation else { throw impossible(runner, "a report of generation \(generation)") }
    // Nobody was told to start it yet: that is about something else.
    guard !runner.isUnplaced else { return record(.inputIgnored) }
    switch report {
    case .started(let place): started(runner, place)
    case .notPlaced(let failure): try notPlaced(runner, failure)
    case .ready: try ready(runner)
    case .failed(let failure): try failed(runner, failure)
    case .unhealthy(let failure): unhealthy(runner, failure)
    case .stopWanted: stopWanted(runner)
    case .linkClosed: try linkClosed(runner)
    case .exited(let exit): exited(runner, exit)
    }
  }

  private mutating func started(_ runner: Runner, _ place: Runner.Place) {
    switch runner.state {
    case .pending:
      record(.runnerStarted(runner.id, place))
    case .setup, .idle, .running, .draining, .terminating, .crashBackoff, .terminated:
      // Told twice, or crossed with what happened since.
      record(.inputIgnored)
    }
  }

  private mutating func notPlaced(_ runner: Runner, _ failure: RunnerFailure) throws(EngineRejection) {
    switch runner.state {
    case .pending:
      let policy = app.revision(runner.revision)?.restart ?? .persistent
      record(.runnerNotPlaced(runner.id, failure, retryAt: now + policy.placementDelay))
      if !policy.waitsForPlace { endRollout(of: runner, failure) }
    case .terminating(let terminating):
      end(runner, terminating, .unknown)
    case .crashBackoff, .terminated:
      record(.inputIgnored)
    case .setup, .idle, .running, .draining:
      throw impossible(runner, "the provider could not start it")
    }
  }

  private mutating func ready(_ runner: Runner) throws(EngineRejection) {
    switch runner.state {
    case .setup:
      // One whose process has ended since did not get through its start.
      record(runner.processEnd == nil ? .runnerReady(runner.id) : .inputIgnored)
    case .idle, .running, .draining, .terminating, .crashBackoff, .terminated:
      record(.inputIgnored)
    case .pending:
      throw impossible(runner, "ready")
    }
  }

  private mutating func failed(_ runner: Runner, _ failure: RunnerFailure) throws(EngineRejection) {
    switch runner.state {
    case .setup:
      guard let end = runner.processEnd else { return failStart(of: runner, failure, killAt: now + grace(of: runner)) }
      failEnded(runner, failure.code == Self.unreachableCode ? RunnerFailure(end.exit) : failure)
    case .terminating, .crashBackoff, .terminated:
      record(.inputIgnored)
    case .pending, .idle, .running, .draining:
      throw impossible(runner, "failed to become ready")
    }
  }

  private mutating func unhealthy(_ runner: Runner, _ failure: RunnerFailure) {
    switch runner.state {
    case .idle, .running:
      crash(runner, failure)
      record(.runnerTerminating(runner.id, killAt: now + grace(of: runner), retryAt: nil))
    case .pending, .setup, .draining, .terminating, .crashBackoff, .terminated:
      // Crossed with what happened since.
      record(.inputIgnored)
    }
  }

  private mutating func stopWanted(_ runner: Runner) {
    switch runner.state {
    case .idle, .running:
      record(.runnerDraining(runner.id, deadline: drainDeadline(of: runner)))
    case .pending, .setup, .draining, .terminating, .crashBackoff, .terminated:
      // Crossed with what happened since.
      record(.inputIgnored)
    }
  }

  private mutating func linkClosed(_ runner: Runner) throws(EngineRejection) {
    switch runner.state {
    case .setup:
      if let end = runner.processEnd { return failEnded(runner, RunnerFailure(end.exit)) }
      // The exit that explains it is usually close behind: see `failOverdueStarts`.
      record(runner.linkLostAt == nil ? .runnerLinkLost(runner.id) : .inputIgnored)
    case .idle, .running:
      crash(runner, RunnerFailure(code: "connection-lost", message: "the connection to the runner was lost"))
      record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
    case .draining, .terminating, .crashBackoff, .terminated:
      record(.inputIgnored)
    case .pending:
      throw impossible(runner, "connection closed")
    }
  }

  private mutating func exited(_ runner: Runner, _ exit: RunnerExit) {
    let failure = RunnerFailure(exit)
    switch runner.state {
    case .setup where runner.linkLostAt == nil:
      // What the runner said about it, and its last lines, may be behind the news of its end.
      record(runner.processEnd == nil ? .runnerProcessEnded(runner.id, exit) : .inputIgnored)
    case .pending, .setup:
      failEnded(runner, failure)
    case .idle, .running:
      crash(runner, failure)
      record(.runnerEnded(runner.id, exit))
    case .draining:
      record(.runnerEnded(runner.id, exit))
    case .terminating(let terminating):
      end(runner, terminating, exit)
    case .crashBackoff, .terminated:
      record(.inputIgnored)
    }
  }

  private mutating func end(_ runner: Runner, _ terminating: RunnerState.Terminating, _ exit: RunnerExit) {
    if let retryAt = terminating.retryAt {
      record(.runnerBackedOff(runner.id, until: retryAt))
    } else {
      record(.runnerEnded(runner.id, exit))
    }
  }

  private func impossible(_ runner: Runner, _ input: String) -> EngineRejection {
    .impossible(runner.id, state: runner.state.name, input: input)
  }
}
