import Planning

extension EngineState {
  /// The facts that follow from `input`: what it reports, and everything that is due at its time for its app.
  ///
  /// Changes nothing: fold the facts with `evolve`. An input that comes too late to matter gives `inputIgnored`.
  ///
  /// - Throws: `EngineRejection` when the input names what does not exist, asks for what is impossible, or tells what
  ///   cannot have happened.
  public func decide(_ input: Input) throws(EngineRejection) -> [Fact] {
    switch input.event {
    case .deploy(let app, let revision, let options):
      var decision = Decision(apps[app] ?? AppState(app), input, in: self)
      try decision.deploy(revision, options)
      return decision.settled()
    case .setRevision(let app, let revision, let strategy, let auth, let warm):
      var decision = try livingDecision(app, input)
      try decision.setRevision(revision, strategy, auth, warm: warm)
      return decision.settled()
    case .deleteRevision(let app, let revision):
      var decision = try livingDecision(app, input)
      try decision.deleteRevision(revision)
      return decision.settled()
    case .change(let app, let change):
      var decision = try livingDecision(app, input)
      try decision.change(change)
      return decision.settled()
    case .replaceRunners(let app, let forces):
      var decision = try livingDecision(app, input)
      decision.replaceRunners(forces: forces)
      return decision.settled()
    case .remove(let app, let grace):
      var decision = try decision(app, input)
      decision.remove(grace: grace)
      return decision.settled()
    case .demand(let app, let demand):
      // The gateway may still count the last requests of an app that is gone.
      guard var decision = apps[app].map({ Decision($0, input, in: self) }) else { return [ignored(app, input)] }
      decision.record(.demandObserved(demand))
      return decision.settled()
    case .time(let app):
      guard let decision = apps[app].map({ Decision($0, input, in: self) }) else { return [] }
      return decision.settled()
    case .stopRunner(let runner, let mode, let replaces):
      guard let app = appsByRunner[runner] else { throw .unknownRunner(runner) }
      var decision = try decision(app, input)
      decision.stop(runner, mode, replaces: replaces)
      return decision.settled()
    case .runner(let runner, let generation, let report):
      return try take(report, of: runner, generation: generation, input)
    case .nodes(let nodes):
      return see(nodes, input)
    case .inventory(let found):
      return adopt(found, input)
    }
  }

  /// When the app next has something to do without an input: give it a `time` input then.
  public func nextWake(of app: AppID, at now: Moment) -> Moment? {
    guard let state = apps[app] else { return nil }
    var decision = Decision(state, Input(at: now, seed: 0, .time(app)), in: self)
    decision.settle()
    // Nobody has to be woken to put the reason for waiting in other words.
    return decision.facts.contains(where: \.isDurable) ? now : decision.wake
  }

  private func take(
    _ report: Input.RunnerReport, of runner: RunnerID, generation: Int, _ input: Input
  ) throws(EngineRejection) -> [Fact] {
    if case .exited = report, strays[runner] == generation { return [Fact(.none, at: input.at, .strayEnded(runner))] }
    // The runner is forgotten, and with it the app it belonged to.
    guard let app = appsByRunner[runner] else { return [ignored(.none, input)] }
    var decision = try decision(app, input)
    try decision.take(report, of: runner, generation: generation)
    return decision.settled()
  }

  private func decision(_ app: AppID, _ input: Input) throws(EngineRejection) -> Decision {
    guard let state = apps[app] else { throw .unknownApp(app) }
    return Decision(state, input, in: self)
  }

  /// For people, an app that is being removed is gone already.
  private func livingDecision(_ app: AppID, _ input: Input) throws(EngineRejection) -> Decision {
    guard apps[app]?.removal == nil else { throw .unknownApp(app) }
    return try decision(app, input)
  }

  private func ignored(_ app: AppID, _ input: Input) -> Fact { Fact(app, at: input.at, .inputIgnored) }
}
