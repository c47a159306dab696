import AppModel

extension Decision {
  /// The alias follows the first ready runner of the new revision.
  mutating func promote() {
    guard let rollout = app.rollout else { return }
    // With a maximum of 0 no first runner comes that the alias, which is there already, could wait for.
    let waitsForNone = rollout.revision == app.alias && app.active.map { app.scaling(of: $0).maxConcurrency <= 0 } ?? false
    let isReady = app.runners.contains { $0.revision == rollout.revision && $0.state.isReady }
    guard isReady || waitsForNone else { return }
    moveAlias(to: rollout.revision)
    record(.rolloutEnded(rollout.revision, .promoted))
  }

  /// Runners of a revision without a part to play end.
  mutating func retireUnwanted() {
    for runner in app.runners where !app.isWanted(runner.revision) { retire(runner) }
  }

  /// Lets a runner go: with its requests where it has some.
  mutating func retire(_ runner: Runner) {
    switch runner.state {
    case .pending, .setup:
      let killAt = now + grace(of: runner)
      record(runner.isUnplaced ? .runnerEnded(runner.id, .givenUp) : .runnerTerminating(runner.id, killAt: killAt, retryAt: nil))
    case .idle, .running:
      record(.runnerDraining(runner.id, deadline: drainDeadline(of: runner)))
    case .crashBackoff:
      record(.runnerEnded(runner.id, .givenUp))
    case .terminating(let terminating):
      // It was to start again after this end, and no longer is.
      if terminating.retryAt != nil {
        record(.runnerTerminating(runner.id, killAt: terminating.killAt, retryAt: nil))
      }
    case .draining, .terminated:
      break
    }
  }

  /// Draining runners that should be gone get SIGTERM; terminating ones have a time to be killed.
  mutating func hurryEnding() {
    for runner in app.runners {
      switch runner.state {
      case .draining(let draining):
        let isOverdue = reached(min(draining.deadline, app.removal?.endBy ?? draining.deadline))
        let isStuck = draining.quietSince.map { reached($0 + drainPatience(of: runner)) } ?? false
        if isOverdue || isStuck {
          record(.runnerTerminating(runner.id, killAt: now + grace(of: runner), retryAt: nil))
          _ = reached(killTime(of: runner.id) ?? now)
        }
      case .terminating:
        // Killing needs no fact: it is due from then on. Reading the time arms the wake.
        _ = reached(killTime(of: runner.id) ?? now)
      case .pending, .setup, .idle, .running, .crashBackoff, .terminated:
        break
      }
    }
  }

  /// The time from SIGTERM to SIGKILL.
  func grace(of runner: Runner) -> Duration {
    app.revision(runner.revision)?.definition.timeouts.terminationGrace ?? .zero
  }

  /// No request may take longer than its time-out; after it, a draining runner has nothing to wait for.
  func drainDeadline(of runner: Runner) -> Moment {
    now + (app.revision(runner.revision).map { app.definition(of: $0).timeouts.request } ?? .zero) + drainPatience(of: runner)
  }

  /// How long a draining runner without requests has to end by itself; a grace period of zero must not turn every orderly
  /// end into a signal.
  private func drainPatience(of runner: Runner) -> Duration { max(grace(of: runner), .seconds(1)) }

  private func killTime(of id: RunnerID) -> Moment? { app.runner(id).flatMap(app.killTime) }
}

extension AppState {
  /// From when on a terminating runner is killed; nil in every other state.
  func killTime(of runner: Runner) -> Moment? {
    guard case .terminating(let terminating) = runner.state else { return nil }
    return min(terminating.killAt, removal?.endBy ?? terminating.killAt)
  }
}
