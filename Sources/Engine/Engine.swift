public import AppModel
public import EngineCore
import Planning
public import Providers
public import RunnerProtocol

/// The one door to all apps: takes what happens, decides by the core, writes it down, and acts.
///
/// A thin shell. Every input goes the same way, without a suspension in between: decide → write down → fold → act. What
/// actions lead to comes back as input. Nothing else changes the state.
public actor Engine {
  private let provider: any Provider
  private let dataPlane: any DataPlane
  private let journal: any Journal
  private let clock: any EngineClock
  private nonisolated let mailbox = Mailbox()
  private nonisolated let hub: EventHub
  nonisolated let output: OutputLog

  private(set) var state = EngineState()
  private var outbox = Outbox()
  /// Launches of the revisions that the state knows.
  private var templates: [AppID: [RevisionID: LaunchTemplate]] = [:]
  private var rolloutWaiters: [RevisionID: CheckedContinuation<RolloutOutcome, Never>] = [:]
  private var endWaiters: [CheckedContinuation<Void, Never>] = []
  /// When each app next has something to do by itself.
  private var wakes: [AppID: Moment] = [:]
  private var alarm: (at: Moment, task: Task<Void, Never>)?
  private var reader: Task<Void, Never>?
  private var isStopping = false

  public init(
    provider: any Provider, dataPlane: any DataPlane, journal: any Journal = ForgetfulJournal(),
    clock: any EngineClock = SystemEngineClock()
  ) {
    self.provider = provider
    self.dataPlane = dataPlane
    self.journal = journal
    self.clock = clock
    hub = EventHub()
    output = OutputLog(hub: hub, clock: clock)
  }

  // MARK: Watching

  /// Everything that happens from now on. A listener that does not keep up loses the oldest events.
  public nonisolated func events() -> AsyncStream<EngineEvent> { hub.listen() }

  /// The app's runners, oldest first, with the last few that ended.
  public func runners(_ app: AppID) -> [RunnerStatus] {
    state.apps[app]?.runners.map(RunnerStatus.init) ?? []
  }

  /// The revision that takes the app's traffic.
  public func activeRevision(_ app: AppID) -> RevisionID? { state.apps[app]?.alias }

  /// All apps that are not gone, in order.
  public var apps: [AppID] { state.apps.keys.sorted() }

  /// What the runner wrote last, oldest first; at most 50 lines.
  public nonisolated func lastLines(of runner: RunnerID) -> [LogRecord] { output.lines(of: runner) }

  // MARK: Commands

  /// Adds a revision, moves the app's alias to it by `strategy`, and waits until that succeeded or failed.
  ///
  /// Cancelling the waiting task does not stop the rollout.
  ///
  /// - Parameter warm: start a runner now, and wait for it, under `recreate` too. Under `rolling` that is always so.
  /// - Throws: `EngineError` when nothing was begun.
  public func deploy(
    _ spec: RevisionSpec, strategy: Strategy, warm: Bool = false
  ) async throws(EngineError) -> RolloutOutcome {
    guard !isStopping else { throw .stopping }
    begin()
    let revision = Revision(id: spec.id, definition: spec.definition, auth: spec.auth, restart: spec.restart)
    // Before the input, whose actions need it. A revision that exists keeps what it has.
    let isNew = templates[spec.app]?[spec.id] == nil
    if isNew { templates[spec.app, default: [:]][spec.id] = spec.launch }
    let facts: [Fact]
    do {
      facts = try give(.deploy(spec.app, revision, strategy, warm: warm))
    } catch {
      if isNew { templates[spec.app]?[spec.id] = nil }
      throw error
    }
    for case .rolloutEnded(spec.id, let end) in facts.map(\.change) { return outcome(of: spec.id, end) }
    return await withCheckedContinuation { rolloutWaiters[spec.id] = $0 }
  }

  /// Scales the app otherwise than its revision says; nil takes that back.
  public func scale(_ app: AppID, _ scaling: Scaling?) throws(EngineError) { try give(.scale(app, scaling)) }

  /// Ends a runner; it is replaced where it is missed.
  public func stopRunner(_ runner: RunnerID, _ mode: Input.StopMode = .drain) throws(EngineError) {
    try give(.stopRunner(runner, mode))
  }

  /// Takes the app away: no new requests, and every runner ends, the last ones by force after `grace`.
  public func remove(_ app: AppID, grace: Duration = .seconds(5)) throws(EngineError) {
    try give(.remove(app, grace: grace))
  }

  /// Tells the app's current demand. Returns at once; of reports that follow closely only the last is looked at.
  public nonisolated func demand(_ app: AppID, _ demand: Demand) { mailbox.post(.demand(app, demand)) }

  /// Removes all apps, waits until the last runner has ended, closes the provider, and ends all event streams.
  ///
  /// - Parameter grace: after it, what still runs is killed.
  public func stop(grace: Duration) async {
    isStopping = true
    for app in state.apps.keys.sorted() {
      do {
        try give(.remove(app, grace: grace))
      } catch {
        hub.send(.fault("\(error)"))
      }
    }
    if !state.apps.isEmpty { await withCheckedContinuation { endWaiters.append($0) } }
    await provider.close()
    alarm?.task.cancel()
    alarm = nil
    mailbox.close()
    hub.finish()
  }

  /// Begins to listen, before the first app.
  private func begin() {
    guard reader == nil else { return }
    provider.begin { [mailbox, output] event in Self.forward(event, to: mailbox, output) }
    reader = Task { [weak self, mailbox] in
      for await _ in mailbox.arrivals { await self?.readMail() }
    }
  }
}

// MARK: - The door

extension Engine {
  /// The one way in: decide → write down → fold → act.
  @discardableResult
  private func give(_ event: Input.Event) throws(EngineError) -> [Fact] {
    let now = clock.now
    let facts: [Fact]
    do {
      facts = try state.decide(Input(at: now, seed: .random(in: 0 ... .max), event))
    } catch {
      throw .rejected(error)
    }
    do {
      let durable = facts.filter(\.isDurable)
      if !durable.isEmpty { try journal.append(durable) }
    } catch {
      throw .journal(error)
    }
    for fact in facts {
      if let event = self.event(for: fact) { hub.send(event) }
      state.evolve(fact)
    }
    var touched = Set(facts.lazy.filter { $0.change != .inputIgnored }.map(\.app))
    if let app = event.app { touched.insert(app) }
    for app in touched.sorted() { act(for: app, at: now) }
    for fact in facts { conclude(fact) }
    return facts
  }

  private func readMail() {
    for letter in mailbox.take() {
      do {
        switch letter {
        case .runner(let runner, let generation, let report):
          try give(.runner(runner, generation: generation, report))
        case .demand(let app, let demand):
          try give(.demand(app, demand))
        case .time:
          try wakeDue()
        }
      } catch {
        hub.send(.fault("\(error)"))
      }
    }
  }

  /// Tells the world what is due and was not told yet.
  private func act(for app: AppID, at now: Moment) {
    for action in outbox.take(state.due(for: app, at: now), of: app, at: now) { perform(action) }
    if state.apps[app] == nil { outbox.forget(app) }
    wakes[app] = [state.nextWake(of: app, at: now), outbox.nextRepeat(of: app)].compactMap(\.self).min()
    if let wake = wakes[app] { setAlarm(at: wake) }
  }

  private func perform(_ action: Action) {
    switch action {
    case .route(let app, let revision):
      dataPlane.route(app, to: revision.flatMap { route(app, $0) })
    case .start(let runner, let generation, _, let machine):
      if let app = state.app(of: runner) { output.open(runner, of: app) }
      provider.start(RunnerStart(.init(id: runner.text, generation: generation), on: NodeID("local"), machine: machine))
    case .attach(let runner, let generation, let revision, let socket):
      attach(runner, generation, revision, socket)
    case .drain(let runner, _):
      dataPlane.drain(runner)
    case .detach(let runner, _):
      dataPlane.detach(runner)
    case .stop(let runner, let generation):
      provider.stop(.init(id: runner.text, generation: generation))
    case .kill(let runner, let generation):
      provider.kill(.init(id: runner.text, generation: generation))
    }
  }

  private func route(_ app: AppID, _ id: RevisionID) -> AppRoute? {
    state.apps[app]?.revision(id).map { revision in
      AppRoute(app: app, revision: id, definition: revision.definition, auth: revision.auth)
    }
  }

  private func attach(_ runner: RunnerID, _ generation: Int, _ id: RevisionID, _ socket: String) {
    guard let app = state.app(of: runner).flatMap({ state.apps[$0] }), let revision = app.revision(id),
      let template = templates[app.id]?[id]
    else {
      return hub.send(.fault("runner \(runner) has no launch: revision \(id) is not known"))
    }
    let launch = template.spec(for: runner, of: revision, scaling: app.scaling(of: revision))
    dataPlane.attach(
      runner, app: app.id, revision: id, socket: socket, launch: launch, slots: launch.maxMultiplexing
    ) { [mailbox, output] event in
      Self.forward(event, of: runner, generation, to: mailbox, output)
    }
  }

  /// Wakes those who waited for what the fact says, and drops what it makes superfluous.
  private func conclude(_ fact: Fact) {
    switch fact.change {
    case .rolloutEnded(let revision, let end):
      rolloutWaiters.removeValue(forKey: revision)?.resume(returning: outcome(of: revision, end))
    case .revisionAdded:
      let known = Set(state.apps[fact.app]?.revisions.map(\.id) ?? [])
      templates[fact.app] = templates[fact.app]?.filter { known.contains($0.key) }
    case .appForgotten:
      templates[fact.app] = nil
      guard state.apps.isEmpty else { return }
      for waiter in endWaiters { waiter.resume() }
      endWaiters = []
    case .rolloutStarted, .aliasMoved, .scalingOverridden, .appRemoved, .runnerRequested, .runnerStarted, .runnerReady,
      .runnerLinkLost, .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerCrashed,
      .runnerDraining, .runnerTerminating, .runnerEnded, .demandObserved, .inputIgnored:
      break
    }
  }
}

// MARK: - Time

extension Engine {
  private func wakeDue() throws(EngineError) {
    let now = clock.now
    if let alarm, alarm.at <= now { self.alarm = nil }
    for app in wakes.filter({ $0.value <= now }).keys.sorted() {
      wakes[app] = nil
      try give(.time(app))
    }
    if let earliest = wakes.values.min() { setAlarm(at: earliest) }
  }

  /// Makes sure that the engine wakes at `moment` or before. An alarm that turns out to be early does no harm.
  private func setAlarm(at moment: Moment) {
    if let alarm, alarm.at <= moment { return }
    alarm?.task.cancel()
    let task = Task { [clock, mailbox] in
      do {
        try await clock.sleep(until: moment)
      } catch {
        // Another alarm took its place, or the engine stopped.
        return
      }
      mailbox.post(.time)
    }
    alarm = (moment, task)
  }
}
