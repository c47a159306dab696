import AppModel
import Planning

extension Decision {
  mutating func deploy(_ new: NewRevision, _ options: DeployOptions) throws(EngineRejection) {
    try refuseUnplaceable(options.resetsScaling ? new.definition : inheriting(new.definition))
    let id = RevisionID("\(app.id.name)-\(app.revisionsMade + 1)")
    record(.revisionAdded(Revision(id: id, new, createdAt: now)))
    startRollout(of: id, options, auth: nil)
  }

  mutating func setRevision(
    _ id: RevisionID, _ strategy: Strategy, _ auth: Auth?, warm: Bool
  ) throws(EngineRejection) {
    guard let revision = app.revision(id), app.removal == nil else { throw .unknownRevision(app.id, id) }
    try refuseUnplaceable(id == app.alias ? app.definition(of: revision) : inheriting(revision.definition))
    // Whoever asks twice joins the rollout that goes on already.
    if let rollout = app.rollout, rollout.revision == id, rollout.strategy == strategy, rollout.auth == auth {
      return record(.inputIgnored)
    }
    startRollout(of: id, DeployOptions(strategy: strategy, warm: warm), auth: auth)
  }

  private mutating func startRollout(of id: RevisionID, _ options: DeployOptions, auth: Auth?) {
    var options = options
    options.warm = options.warm || options.strategy == .rolling
    if let rollout = app.rollout { record(.rolloutEnded(rollout.revision, .superseded(by: id))) }
    record(.rolloutStarted(id, options, auth: auth))
    switch options.strategy {
    case .rolling:
      break
    case .recreate:
      moveAlias(to: id)
      if !options.warm { record(.rolloutEnded(id, .promoted)) }
    }
  }

  /// Traffic goes to the rollout's revision from now on, with the settings that were in force unless they are reset.
  mutating func moveAlias(to id: RevisionID) {
    guard app.alias != id || app.authOverride != app.rollout?.auth else { return }
    let before = app.active.map(app.definition(of:))
    let isReset = app.rollout?.resetsScaling ?? false
    let auth = app.rollout?.auth
    record(.aliasMoved(to: id))
    guard let target = app.revision(id) else { return }
    let inherited = before.map(SettingsChange.init(inheritedFrom:)) ?? app.settings
    let settings = isReset ? SettingsChange() : inherited.differing(from: target.definition)
    if settings != app.settings { record(.settingsChanged(settings)) }
    if auth != app.authOverride { record(.authChanged(auth)) }
  }

  mutating func deleteRevision(_ id: RevisionID) throws(EngineRejection) {
    guard app.revision(id) != nil else { throw .unknownRevision(app.id, id) }
    let isBusy = app.runners.contains { $0.revision == id && !$0.state.isTerminated }
    guard !app.isWanted(id), !isBusy else { throw .revisionInUse(app.id, id) }
    record(.revisionDeleted(id))
  }

  mutating func change(_ change: SettingsChange) throws(EngineRejection) {
    let all = change.after(app.settings)
    if change.machines != nil || change.regions != nil, let active = app.active {
      try refuseUnplaceable(all.applied(to: active.definition))
    }
    record(all == app.settings ? .inputIgnored : .settingsChanged(all))
  }

  /// With the settings that the active revision passes on.
  private func inheriting(_ definition: AppDefinition) -> AppDefinition {
    app.active.map { SettingsChange(inheritedFrom: app.definition(of: $0)).applied(to: definition) } ?? definition
  }

  /// Refuses what could only wait for ever. As long as no node is known, nobody can say.
  private func refuseUnplaceable(_ definition: AppDefinition) throws(EngineRejection) {
    guard let obstacle = pool.obstacleForGood(to: Wish(definition)) else { return }
    throw .neverPlaceable(obstacle)
  }

  mutating func replaceRunners(forces: Bool) {
    for runner in app.runners where runner.revision == app.alias && runner.isFresh {
      switch runner.state {
      case .setup, .idle, .running:
        replace(runner, forces: forces)
      case .pending, .crashBackoff, .draining, .terminating, .terminated:
        // Those start afresh, or end, anyway.
        break
      }
    }
  }

  /// The fresh runner is asked for at once, also where nothing needs it: somebody wants to see it.
  private mutating func replace(_ runner: Runner, forces: Bool) {
    record(forces ? .runnerTerminating(runner.id, killAt: now, retryAt: nil) : .runnerReplacing(runner.id))
    record(.runnerRequested(newRunnerID(), runner.revision, .replacement))
  }

  mutating func remove(grace: Duration) {
    let endBy = now + grace
    record(.appRemoved(endBy: min(endBy, app.removal?.endBy ?? endBy)))
    if let rollout = app.rollout { record(.rolloutEnded(rollout.revision, .removed)) }
  }

  /// Stops a runner because somebody said so; scaling replaces it where it is missed.
  mutating func stop(_ id: RunnerID, _ mode: Input.StopMode, replaces: Bool) {
    guard let runner = app.runner(id) else { return }
    if replaces, runner.revision == app.alias, runner.state.isReady {
      return runner.isReplaced ? record(.inputIgnored) : replace(runner, forces: mode == .kill)
    }
    let killAt = mode == .kill ? now : now + grace(of: runner)
    switch runner.state {
    case .pending, .setup:
      record(runner.isUnplaced ? .runnerEnded(id, .givenUp) : .runnerTerminating(id, killAt: killAt, retryAt: nil))
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
}
