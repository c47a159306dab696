import AppModel

extension Decision {
  mutating func deploy(_ revision: Revision, _ strategy: Strategy, warm: Bool) throws(EngineRejection) {
    guard app.revision(revision.id) == nil else { throw .revisionExists(revision.id) }
    record(.revisionAdded(revision))
    if let rollout = app.rollout { record(.rolloutEnded(rollout.revision, .superseded(by: revision.id))) }
    record(.rolloutStarted(revision.id, strategy, warm: warm || strategy == .rolling))
    switch strategy {
    case .rolling:
      break
    case .recreate:
      record(.aliasMoved(to: revision.id))
      if !warm { record(.rolloutEnded(revision.id, .promoted)) }
    }
  }

  mutating func remove(grace: Duration) {
    let endBy = now + grace
    record(.appRemoved(endBy: min(endBy, app.removal?.endBy ?? endBy)))
    if let rollout = app.rollout { record(.rolloutEnded(rollout.revision, .removed)) }
  }

  /// Stops a runner because somebody said so; scaling replaces it where it is missed.
  mutating func stop(_ id: RunnerID, _ mode: Input.StopMode) {
    guard let runner = app.runner(id) else { return }
    let killAt = mode == .kill ? now : now + grace(of: runner)
    switch runner.state {
    case .pending, .setup:
      record(.runnerTerminating(id, killAt: killAt, retryAt: nil))
    case .idle, .running:
      if mode == .drain {
        record(.runnerDraining(id, deadline: drainDeadline(of: runner)))
      } else {
        record(.runnerTerminating(id, killAt: killAt, retryAt: nil))
      }
    case .draining:
      if mode != .drain { record(.runnerTerminating(id, killAt: killAt, retryAt: nil)) }
    case .terminating(let terminating):
      if killAt < terminating.killAt {
        record(.runnerTerminating(id, killAt: killAt, retryAt: terminating.retryAt))
      }
    case .crashBackoff:
      record(.runnerEnded(id, .givenUp))
    case .terminated:
      record(.inputIgnored)
    }
  }

  /// A runner that the provider does not have any more is given up.
  ///
  /// It is killed first: the inventory may be older than the runner, and then nobody else would end it.
  mutating func compare(with alive: [RunnerID: Int]) {
    for runner in app.runners where alive[runner.id] != runner.generation {
      let failure = RunnerFailure(code: "runner-lost", message: "the provider does not know the runner any more")
      switch runner.state {
      case .setup:
        failStart(of: runner, failure, killAt: now)
      case .idle, .running:
        crash(runner, failure)
        record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
      case .draining:
        record(.runnerTerminating(runner.id, killAt: now, retryAt: nil))
      case .pending, .terminating, .crashBackoff, .terminated:
        // A start may be under way; the others expect no process, or are told again to end.
        break
      }
    }
  }
}
