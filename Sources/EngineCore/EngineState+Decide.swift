extension EngineState {
  /// The facts that follow from `input`: what it reports, and everything that is due at its time for its app.
  ///
  /// Changes nothing: fold the facts with `evolve`. An input that comes too late to matter gives `inputIgnored`.
  ///
  /// - Throws: `EngineRejection` when the input names what does not exist, or what cannot have happened.
  public func decide(_ input: Input) throws(EngineRejection) -> [Fact] {
    switch input.event {
    case .deploy(let app, let revision, let strategy, let warm):
      var decision = Decision(apps[app] ?? AppState(app), input)
      try decision.deploy(revision, strategy, warm: warm)
      return decision.settled()
    case .scale(let app, let scaling):
      var decision = try decision(app, input)
      decision.record(.scalingOverridden(scaling))
      return decision.settled()
    case .remove(let app, let grace):
      var decision = try decision(app, input)
      decision.remove(grace: grace)
      return decision.settled()
    case .demand(let app, let demand):
      // The gateway may still count the last requests of an app that is gone.
      guard var decision = apps[app].map({ Decision($0, input) }) else { return [ignored(app, input)] }
      decision.record(.demandObserved(demand))
      return decision.settled()
    case .time(let app):
      guard let decision = apps[app].map({ Decision($0, input) }) else { return [] }
      return decision.settled()
    case .stopRunner(let runner, let mode):
      guard let app = appsByRunner[runner] else { throw .unknownRunner(runner) }
      var decision = try decision(app, input)
      decision.stop(runner, mode)
      return decision.settled()
    case .runner(let runner, let generation, let report):
      // The runner is forgotten, and with it the app it belonged to.
      guard let app = appsByRunner[runner] else { return [ignored(.forgotten, input)] }
      var decision = try decision(app, input)
      try decision.take(report, of: runner, generation: generation)
      return decision.settled()
    case .inventory(let app, let alive):
      guard var decision = apps[app].map({ Decision($0, input) }) else { return [] }
      decision.compare(with: alive)
      return decision.settled()
    }
  }

  /// When the app next has something to do without an input: give it a `time` input then.
  public func nextWake(of app: AppID, at now: Moment) -> Moment? {
    guard let state = apps[app] else { return nil }
    var decision = Decision(state, Input(at: now, seed: 0, .time(app)))
    decision.settle()
    return decision.facts.isEmpty ? decision.wake : now
  }

  private func decision(_ app: AppID, _ input: Input) throws(EngineRejection) -> Decision {
    guard let state = apps[app] else { throw .unknownApp(app) }
    return Decision(state, input)
  }

  private func ignored(_ app: AppID, _ input: Input) -> Fact { Fact(app, at: input.at, .inputIgnored) }
}
