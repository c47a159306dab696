import EngineCore
import Providers
import RunnerProtocol

extension Engine {
  /// Tells the world what is due for `app` and was not told yet.
  func act(for app: AppID, at now: Moment) {
    let due = state.due(for: app, at: now).filter(isAllowed)
    for action in outbox.take(due, of: app, at: now) { perform(action) }
    guard state.apps[app] != nil || (app == .none && !due.isEmpty) else {
      outbox.forget(app)
      return wakes.set(nil, for: app)
    }
    wakes.set([state.nextWake(of: app, at: now), outbox.nextRepeat(of: app)].compactMap(\.self).min(), for: app)
  }

  /// Before the inventory has come nobody knows what still runs; and an engine that ends starts nothing.
  private func isAllowed(_ action: Action) -> Bool {
    switch (phase, action) {
    case (.built, .route), (.adopting, .route), (.serving, _): true
    case (.ending, .start): false
    case (.ending, _): true
    case (.built, _), (.adopting, _), (.over, _): false
    }
  }

  private func perform(_ action: Action) {
    switch action {
    case .route(let app, let revision, _):
      dataPlane.route(app, to: revision.flatMap { route(app, $0) })
    case .start(let runner, let generation, _, let placement):
      if let app = state.app(of: runner) { output.open(runner, of: app) }
      let instance = RunnerInstance(id: runner.text, generation: generation)
      provider.start(RunnerStart(instance, on: placement.node, machine: placement.machine, gpus: placement.gpus))
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

  private func route(_ id: AppID, _ revision: RevisionID) -> AppRoute? {
    guard let app = state.apps[id], let revision = app.revision(revision) else { return nil }
    return AppRoute(
      app: id, revision: revision.id, definition: app.definition(of: revision), auth: app.auth(of: revision))
  }

  private func attach(_ id: RunnerID, _ generation: Int, _ revision: RevisionID, _ socket: String) {
    guard let app = state.app(of: id).flatMap({ state.apps[$0] }), let runner = app.runner(id),
      let revision = app.revision(revision)
    else {
      return hub.send(.fault("runner \(id) has no launch: revision \(revision) is not known"))
    }
    output.open(id, of: app.id)
    do {
      let template = try launches.template(for: app.id, revision: revision)
      let launch = template.spec(for: runner, app.definition(of: revision))
      dataPlane.attach(
        id, app: app.id, revision: revision.id, socket: socket, launch: launch, slots: launch.maxMultiplexing
      ) { [mailbox, output] event in
        Self.forward(event, of: id, generation, to: mailbox, output)
      }
    } catch {
      let failure = RunnerFailure(code: "launch-failed", message: "\(error)")
      // One that was ready before this engine came cannot fail to become so.
      mailbox.post(.runner(id, generation: generation, runner.state.isReady ? .unhealthy(failure) : .failed(failure)))
    }
  }
}
