import Planning

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
      take(fact.app)
    case .revisionAdded:
      apps[fact.app, default: AppState(fact.app)].evolve(fact)
    case .revisionDeleted, .authChanged, .demandObserved:
      apps[fact.app]?.evolve(fact)
    case .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .appRemoved:
      apps[fact.app]?.evolve(fact)
      wishAgain(fact.app)
    case .runnerRequested(let runner, _, _):
      guard apps[fact.app] != nil else { return }
      appsByRunner[runner] = fact.app
      evolveRunner(fact)
    case .runnerEnded:
      evolveRunner(fact)
      for forgotten in apps[fact.app]?.dropOldestEnded() ?? [] { appsByRunner[forgotten] = nil }
    case .runnerPlaced, .runnerWaits, .runnerReplacing, .runnerStarted, .runnerAdopted, .runnerReady, .runnerLinkLost,
      .runnerProcessEnded,
      .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerCrashed, .runnerDraining,
      .runnerTerminating:
      evolveRunner(fact)
    }
  }

  /// Folds a fact about a runner, and what it changes of the nodes' room.
  private mutating func evolveRunner(_ fact: Fact) {
    switch apps[fact.app]?.evolve(fact) ?? nil {
    case .waits(let runner):
      guard let app = apps[fact.app], let waiting = app.runner(runner), let revision = app.revision(waiting.revision) else {
        return
      }
      let wish = Wish(app.definition(of: revision))
      self.waiting.insert(.init(since: waiting.requestedAt, runner: runner, app: fact.app, wish: wish))
    case .gaveUp(let runner, let since):
      waiting.remove(runner, since: since)
    case .taken(let runner, let since, let placement):
      waiting.remove(runner, since: since)
      pool.hold(placement)
    case .freed(let placement):
      pool.release(placement)
    case nil:
      break
    }
  }

  /// Other settings may be in force: those of the app's runners that wait may need another place.
  private mutating func wishAgain(_ app: AppID) {
    guard waiting.contains(app) else { return }
    waiting.removeAll(of: app)
    for entry in apps[app]?.waiting ?? [] { waiting.insert(entry) }
  }

  /// The state that `facts` add up to: recovery.
  public init(folding facts: some Sequence<Fact>) {
    self.init()
    for fact in facts { evolve(fact) }
  }
}
