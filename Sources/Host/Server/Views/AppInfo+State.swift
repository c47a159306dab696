import AppModel
import ControlAPI
import EngineCore

extension AppInfo {
  /// What the engine knows of an app, for people.
  init(_ app: AppState, url: String, at now: Moment) {
    self.init(owner: app.id.owner, name: app.id.name, environment: app.id.environment, url: url)
    if let active = app.active ?? app.candidate {
      let definition = app.definition(of: active)
      revision = app.active?.id.text
      auth = app.auth(of: active)
      strategy = definition.strategy
      scaling = definition.scaling
      timeouts = definition.timeouts
      machineTypes = definition.machines.map(\.type)
      gpuCount = definition.machines.first?.gpuCount ?? 0
      regions = definition.regions
    }
    let living = app.runners.filter { !$0.state.isTerminated }
    runners = living.count
    runnersReady = living.filter(\.state.isReady).count
    queued = app.queue.count
    inFlight = living.reduce(0) { $0 + $1.inFlight }
    if let rollout = app.rollout {
      self.rollout = RolloutInfo(
        revision: rollout.revision.text, strategy: rollout.strategy, seconds: max(0, (now - rollout.startedAt).inSeconds),
        waitsFor: app.waitsFor(rollout.revision))
    }
  }
}

extension AppState {
  /// What the youngest runner of a revision is waiting for, in words; nil where one is ready.
  func waitsFor(_ revision: RevisionID) -> String? {
    let mine = runners.filter { $0.revision == revision && !$0.state.isTerminated }
    guard !mine.contains(where: \.state.isReady), let runner = mine.last else { return nil }
    return runner.obstacle
  }
}

extension Runner {
  /// What keeps it from being ready, in words; nil where nothing does.
  var obstacle: String? {
    switch state {
    case .pending: waitsFor ?? failure?.message ?? "its runner to be started"
    case .setup: "its first runner to be ready"
    case .crashBackoff: failure.map { "another try; the last one failed: \($0.message)" } ?? "another try"
    case .idle, .running, .draining, .terminating, .terminated: nil
    }
  }
}
