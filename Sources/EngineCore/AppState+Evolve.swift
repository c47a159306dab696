import AppModel

extension AppState {
  /// Folds one fact, and says what it changed of the room that the app's runners hold.
  @discardableResult
  mutating func evolve(_ fact: Fact) -> RoomChange? {
    switch fact.change {
    case .revisionAdded(let revision):
      dropIdleRevisions()
      revisions.append(revision)
      revisionsMade += 1
      removal = nil
    case .revisionDeleted(let revision):
      revisions.removeAll { $0.id == revision }
    case .rolloutStarted(let revision, let options, let auth):
      rollout = Rollout(
        revision: revision, strategy: options.strategy, warm: options.warm, resetsScaling: options.resetsScaling, auth: auth,
        startedAt: fact.at)
    case .aliasMoved(let revision):
      alias = revision
      routeVersion += 1
      if let index = revisions.lastIndex(where: { $0.id == revision }) { revisions[index].wasActive = true }
    case .rolloutEnded(let revision, let end):
      if rollout?.revision == revision { rollout = nil }
      remember(end, of: revision)
    case .settingsChanged(let change):
      settings = change
      routeVersion += 1
    case .authChanged(let auth):
      authOverride = auth
      routeVersion += 1
    case .appRemoved(let endBy):
      removal = Removal(endBy: endBy)
      alias = nil
      // An app that is deployed again begins anew.
      settings = SettingsChange()
      authOverride = nil
      routeVersion += 1
    case .runnerRequested(let id, let revision, let cause):
      runners.append(Runner(id: id, revision: revision, cause: cause, requestedAt: fact.at))
      return .waits(id)
    case .demandObserved(let demand):
      observe(demand, at: fact.at)
    case .runnerPlaced(let id, _), .runnerWaits(let id, _), .runnerReplacing(let id), .runnerStarted(let id, _),
      .runnerAdopted(let id), .runnerReady(let id), .runnerLinkLost(let id), .runnerProcessEnded(let id, _),
      .runnerStartFailed(let id, _, _, _),
      .runnerNotPlaced(let id, _, _), .runnerBackedOff(let id, _), .runnerRetried(let id),
      .runnerCrashed(let id, _, _, _), .runnerDraining(let id, _), .runnerTerminating(let id, _, _),
      .runnerEnded(let id, _):
      guard let index = index(of: id) else { return nil }
      let before = (runners[index].isUnplaced, runners[index].placement)
      runners[index].evolve(fact)
      remember(fact, of: index)
      return RoomChange(from: before, to: runners[index])
    case .appForgotten, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      // Those change the engine's state, not the app's.
      break
    }
    return nil
  }

  /// What a runner's fact means for its revision and its siblings.
  private mutating func remember(_ fact: Fact, of runner: Int) {
    switch fact.change {
    case .runnerReady:
      changeFailures(of: runner) { failures in
        failures.failedStarts = 0
        failures.lastFailedStartAt = nil
      }
      wakeSiblings(of: runners[runner].revision, at: fact.at)
    case .runnerStartFailed(_, _, let count, _):
      changeFailures(of: runner) { failures in
        failures.failedStarts = count
        failures.lastFailedStartAt = fact.at
      }
    case .runnerCrashed(_, _, let crashes, let holdUntil):
      changeFailures(of: runner) { failures in
        failures.crashes = crashes
        failures.lastCrashAt = fact.at
        failures.holdUntil = holdUntil
      }
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerRequested, .runnerPlaced, .runnerWaits, .runnerReplacing, .runnerStarted,
      .runnerAdopted, .runnerLinkLost, .runnerProcessEnded, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerDraining,
      .runnerTerminating, .runnerEnded, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      break
    }
  }

  private mutating func changeFailures(of runner: Int, _ change: (inout Revision.FailureHistory) -> Void) {
    guard let index = revisions.lastIndex(where: { $0.id == runners[runner].revision }) else { return }
    change(&revisions[index].failures)
  }

  private mutating func remember(_ end: RolloutEnd, of revision: RevisionID) {
    guard let index = revisions.lastIndex(where: { $0.id == revision }) else { return }
    switch end {
    case .promoted: revisions[index].rolloutFailure = nil
    case .failed(let failure): revisions[index].rolloutFailure = failure
    case .superseded, .removed: break
    }
  }

  /// One runner of the revision could start: so can those that wait after a failure.
  private mutating func wakeSiblings(of revision: RevisionID, at moment: Moment) {
    for index in runners.indices where runners[index].revision == revision {
      switch runners[index].state {
      case .crashBackoff(let until):
        runners[index].state = .crashBackoff(until: min(until, moment))
      case .terminating(var terminating):
        terminating.retryAt = terminating.retryAt.map { min($0, moment) }
        runners[index].state = .terminating(terminating)
      case .pending, .setup, .idle, .running, .draining, .terminated:
        break
      }
    }
  }

  private mutating func observe(_ demand: Demand, at moment: Moment) {
    queue.count = max(0, demand.queued)
    queue.oldestSince =
      queue.count == 0 ? nil : moment + .seconds(-min(max(0, demand.oldestQueuedSeconds ?? 0), Queue.waitMax))
    for index in runners.indices {
      let id = runners[index].id
      runners[index].observe(
        inFlight: max(0, demand.inFlight[id] ?? 0), wasBusy: demand.busySince.contains(id), at: moment)
    }
  }

  /// Forgets all but the youngest ended runners, and names them.
  mutating func dropOldestEnded() -> [RunnerID] {
    var excess = runners.count { $0.state.isTerminated } - Self.endedRunnersMax
    guard excess > 0 else { return [] }
    var dropped: [RunnerID] = []
    runners.removeAll { runner in
      guard excess > 0, runner.state.isTerminated else { return false }
      excess -= 1
      dropped.append(runner.id)
      return true
    }
    return dropped
  }

  private mutating func dropIdleRevisions() {
    let used = Set(runners.lazy.filter { !$0.state.isTerminated }.map(\.revision))
    func isIdle(_ id: RevisionID) -> Bool { id != alias && id != rollout?.revision && !used.contains(id) }
    var excess = revisions.count { isIdle($0.id) } - Self.idleRevisionsMax + 1
    guard excess > 0 else { return }
    revisions.removeAll { revision in
      guard excess > 0, isIdle(revision.id) else { return false }
      excess -= 1
      return true
    }
  }
}
