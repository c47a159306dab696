extension EngineState {
  /// Folds one fact. Total: a fact about what the state does not know (its app was forgotten) changes nothing.
  public mutating func evolve(_ fact: Fact) {
    switch fact.change {
    case .inputIgnored:
      ignoredInputs += 1
    case .appForgotten:
      guard let app = apps.removeValue(forKey: fact.app) else { return }
      for runner in app.runners { appsByRunner[runner.id] = nil }
    case .revisionAdded:
      apps[fact.app, default: AppState(fact.app)].evolve(fact)
    case .runnerRequested(let runner, _, _):
      guard apps[fact.app] != nil else { return }
      apps[fact.app]?.evolve(fact)
      appsByRunner[runner] = fact.app
    case .runnerEnded:
      apps[fact.app]?.evolve(fact)
      for forgotten in apps[fact.app]?.dropOldestEnded() ?? [] { appsByRunner[forgotten] = nil }
    case .rolloutStarted, .aliasMoved, .rolloutEnded, .scalingOverridden, .appRemoved, .runnerStarted, .runnerReady,
      .runnerLinkLost, .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerCrashed,
      .runnerDraining, .runnerTerminating, .demandObserved:
      apps[fact.app]?.evolve(fact)
    }
  }

  /// The state that `facts` add up to: recovery.
  public init(folding facts: some Sequence<Fact>) {
    self.init()
    for fact in facts { evolve(fact) }
  }
}
