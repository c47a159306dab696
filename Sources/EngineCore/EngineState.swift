public import Planning

/// The state of all apps: what the facts so far add up to.
///
/// It changes by `evolve` alone. Folding the same facts again gives the same state.
public struct EngineState: Sendable, Hashable {
  public internal(set) var apps: [AppID: AppState] = [:]
  /// The nodes, as the provider last told, and what runners hold of them, as the facts tell.
  public internal(set) var pool = Pool()
  /// Inputs that came too late to matter, since the beginning.
  public internal(set) var ignoredInputs = 0
  /// What the provider runs and nobody knows, with its generation: to be killed.
  public internal(set) var strays: [RunnerID: Int] = [:]
  /// Where to find a runner. Holds exactly the runners of `apps`.
  var appsByRunner: [RunnerID: AppID] = [:]
  /// Runners that wait for room.
  var waiting = WaitingList()

  public init() {}

  /// The state with these apps; the rest follows from them.
  init(_ apps: some Sequence<AppState>) {
    // In order, so that what is held comes to lie in the same way each time.
    for app in apps.sorted(by: { $0.id < $1.id }) { add(app) }
  }

  /// Puts in an app that is not there, with all that follows from it.
  mutating func add(_ app: AppState) {
    apps[app.id] = app
    for runner in app.runners {
      appsByRunner[runner.id] = app.id
      if let placement = runner.placement { pool.hold(placement) }
    }
    for entry in app.waiting { waiting.insert(entry) }
  }

  /// Takes out an app, with all that followed from it.
  mutating func take(_ app: AppID) {
    for runner in apps.removeValue(forKey: app)?.runners ?? [] {
      appsByRunner[runner.id] = nil
      if let placement = runner.placement { pool.release(placement) }
    }
    waiting.removeAll(of: app)
  }

  /// The app that `runner` belongs to; nil once the runner is forgotten.
  public func app(of runner: RunnerID) -> AppID? { appsByRunner[runner] }

  public func runner(_ id: RunnerID) -> Runner? {
    appsByRunner[id].flatMap { apps[$0]?.runner(id) }
  }
}

extension EngineState: Codable {
  private enum CodingKeys: String, CodingKey {
    case apps
  }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.container(keyedBy: CodingKeys.self).decode([AppState].self, forKey: .apps))
  }

  /// Only what recovery needs.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(apps.values.sorted { $0.id < $1.id }.map(\.withoutRequests), forKey: .apps)
  }
}

extension EngineState {
  /// The state as folding only the durable facts gives it: without what the gateway counts and what the provider tells anew
  /// after a restart.
  public var durableProjection: EngineState {
    // In order, so that the pool lists nodes alike.
    EngineState(
      apps.values.sorted { $0.id < $1.id }.map { app in
        var app = app
        app.queue = .init()
        for index in app.runners.indices { app.runners[index].forgetVolatile() }
        return app
      })
  }
}

extension AppState {
  /// Requests end with the gateway that counted them: the next one counts anew, and may never have any.
  fileprivate var withoutRequests: AppState {
    var app = self
    app.queue = .init()
    for index in app.runners.indices {
      let runner = app.runners[index]
      if case .running = runner.state { app.runners[index].state = .idle(since: runner.readyAt ?? runner.requestedAt) }
    }
    return app
  }
}

extension Runner {
  fileprivate mutating func forgetVolatile() {
    waitsFor = nil
    processEnd = nil
    switch state {
    case .idle, .running: state = .idle(since: readyAt ?? requestedAt)
    case .draining(var draining):
      draining.quietSince = nil
      state = .draining(draining)
    case .pending, .setup, .terminating, .crashBackoff, .terminated: break
    }
  }
}
