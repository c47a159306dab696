extension EngineState {
  /// All that the world is to be told at `now`, app by app.
  ///
  /// Level-triggered: an action stays due until a fact says that it was done. `Outbox` keeps a shell from telling it
  /// again and again.
  public func due(at now: Moment) -> [Action] {
    apps.keys.sorted().flatMap { due(for: $0, at: now) }
  }

  public func due(for app: AppID, at now: Moment) -> [Action] {
    guard let state = apps[app] else { return [.route(app, to: nil)] }
    // The route comes first: a runner is drained only after new requests go elsewhere.
    var actions: [Action] = [.route(app, to: state.alias)]
    for runner in state.runners { state.appendDue(for: runner, at: now, to: &actions) }
    return actions
  }
}

extension AppState {
  fileprivate func appendDue(for runner: Runner, at now: Moment, to actions: inout [Action]) {
    let generation = runner.generation
    switch runner.state {
    case .pending:
      guard let machine = revision(runner.revision)?.definition.machines.first else { return }
      actions.append(.start(runner.id, generation: generation, runner.revision, machine))
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
