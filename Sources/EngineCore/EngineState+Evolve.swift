extension EngineState {
  /// Folds one fact. Total: a fact about what the state does not know (its app was forgotten) changes nothing.
  public mutating func evolve(_ fact: Fact) {
    switch fact.change {
    case .inputIgnored:
      ignoredInputs += 1
    case .nodesSeen(let nodes):
      pool.see(nodes)
    case .strayFound(let runner, let generation):
      strays[runner] = generation
    case .strayEnded(let runner):
      strays[runner] = nil
    case .appForgotten:
      guard let app = apps.removeValue(forKey: fact.app) else { return }
      for runner in app.runners {
        appsByRunner[runner.id] = nil
        if let placement = runner.placement { pool.release(placement) }
      }
      unplaced[fact.app] = nil
    case .revisionAdded:
      apps[fact.app, default: AppState(fact.app)].evolve(fact)
    case .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged, .appRemoved,
      .demandObserved:
      apps[fact.app]?.evolve(fact)
    case .runnerRequested(let runner, _, _):
      guard apps[fact.app] != nil else { return }
      appsByRunner[runner] = fact.app
      evolve(fact, about: runner)
    case .runnerEnded(let runner, _):
      evolve(fact, about: runner)
      for forgotten in apps[fact.app]?.dropOldestEnded() ?? [] { appsByRunner[forgotten] = nil }
    case .runnerPlaced(let runner, _), .runnerWaits(let runner, _), .runnerReplacing(let runner),
      .runnerStarted(let runner, _), .runnerAdopted(let runner), .runnerReady(let runner), .runnerLinkLost(let runner),
      .runnerStartFailed(let runner, _, _, _), .runnerNotPlaced(let runner, _, _), .runnerBackedOff(let runner, _),
      .runnerRetried(let runner), .runnerCrashed(let runner, _, _, _), .runnerDraining(let runner, _),
      .runnerTerminating(let runner, _, _):
      evolve(fact, about: runner)
    }
  }

  /// Folds a fact about a runner, and what it changes of the nodes' room.
  private mutating func evolve(_ fact: Fact, about id: RunnerID) {
    let before = apps[fact.app]?.runner(id)
    apps[fact.app]?.evolve(fact)
    let after = apps[fact.app]?.runner(id)
    if before?.placement != after?.placement {
      if let placement = before?.placement { pool.release(placement) }
      if let placement = after?.placement { pool.hold(placement) }
    }
    switch (before?.isUnplaced ?? false, after?.isUnplaced ?? false) {
    case (false, true): unplaced[fact.app, default: 0] += 1
    case (true, false):
      let left = (unplaced[fact.app] ?? 1) - 1
      unplaced[fact.app] = left > 0 ? left : nil
    case (true, true), (false, false): break
    }
  }

  /// The state that `facts` add up to: recovery.
  public init(folding facts: some Sequence<Fact>) {
    self.init()
    for fact in facts { evolve(fact) }
  }
}
