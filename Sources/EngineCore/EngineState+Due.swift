import Planning

extension EngineState {
  /// All that the world is to be told at `now`, app by app.
  ///
  /// Level-triggered: an action stays due until a fact says that it was done. `Outbox` keeps a shell from telling it
  /// again and again.
  public func due(at now: Moment) -> [Action] {
    apps.keys.sorted().flatMap { due(for: $0, at: now) } + due(for: .none, at: now)
  }

  /// `AppID.none` stands for what belongs to no app: strays.
  public func due(for app: AppID, at now: Moment) -> [Action] {
    if app == .none {
      return strays.sorted { $0.key.text < $1.key.text }.map { .kill($0.key, generation: $0.value) }
    }
    guard let state = apps[app] else { return [.route(app, to: nil, version: 0)] }
    // The route comes first: a runner is drained only after new requests go elsewhere.
    var actions: [Action] = [.route(app, to: state.alias, version: state.routeVersion)]
    for runner in state.runners { state.appendDue(for: runner, at: now, to: &actions) }
    return actions
  }

  /// Apps with a runner that waits for room and finds it now that `facts` are folded, those whose runner waits longest first.
  /// Each is to get a `time` input, in this order. Where the nodes are others, those who still find none come too: why, and
  /// whether a rollout waits for it, may be otherwise now.
  public func appsToSettle(after facts: some Sequence<Fact>) -> [AppID] {
    guard !waiting.isEmpty, facts.contains(where: \.makesRoom) else { return [] }
    var apps: [AppID] = []
    var found: Set<AppID> = []
    var refused: Set<Wish> = []
    var delta = PoolDelta()
    for entry in waiting.entries where !refused.contains(entry.wish) {
      switch pool.place(entry.wish, besides: delta) {
      case .placed(let placement):
        delta.take(placement)
        if found.insert(entry.app).inserted { apps.append(entry.app) }
      case .notNow, .never:
        // There is only less room for those behind.
        refused.insert(entry.wish)
      }
    }
    if facts.contains(where: \.changesNodes) {
      for entry in waiting.entries where found.insert(entry.app).inserted { apps.append(entry.app) }
    }
    return apps
  }
}

extension Fact {
  fileprivate var changesNodes: Bool {
    if case .nodesSeen = change { true } else { false }
  }

  /// Whether somebody else may find a place afterwards: room was given back, or somebody who stood before others wants none
  /// any more, or another one.
  fileprivate var makesRoom: Bool {
    switch change {
    case .runnerEnded, .runnerBackedOff, .runnerNotPlaced, .nodesSeen, .appForgotten, .rolloutStarted, .aliasMoved,
      .rolloutEnded, .settingsChanged, .appRemoved:
      true
    case .revisionAdded, .revisionDeleted, .authChanged, .runnerRequested, .runnerPlaced, .runnerWaits, .runnerReplacing,
      .runnerStarted, .runnerAdopted, .runnerReady, .runnerLinkLost, .runnerProcessEnded, .runnerStartFailed, .runnerRetried,
      .runnerCrashed,
      .runnerDraining, .runnerTerminating, .demandObserved, .strayFound, .strayEnded, .inputIgnored:
      false
    }
  }
}

extension AppState {
  fileprivate func appendDue(for runner: Runner, at now: Moment, to actions: inout [Action]) {
    let generation = runner.generation
    switch runner.state {
    case .pending:
      guard let placement = runner.placement else { return }
      actions.append(.start(runner.id, generation: generation, runner.revision, placement))
    case .setup, .idle, .running:
      guard let place = runner.place else { return }
      actions.append(.attach(runner.id, generation: generation, runner.revision, socket: place.socket))
    case .draining:
      actions.append(.drain(runner.id, generation: generation))
    case .terminating:
      // Requests must not go to a runner that is told to end; one without a place never had any.
      if runner.place != nil { actions.append(.drain(runner.id, generation: generation)) }
      actions.append(.stop(runner.id, generation: generation))
      if let killTime = killTime(of: runner), killTime <= now {
        actions.append(.kill(runner.id, generation: generation))
      }
    case .crashBackoff, .terminated:
      actions.append(.detach(runner.id, generation: generation))
    }
  }
}
