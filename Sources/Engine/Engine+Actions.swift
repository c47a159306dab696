import EngineCore
import Planning
import Providers
import RunnerProtocol

extension Engine {
  /// Tells the world what is due for `app` and was not told yet.
  func act(for app: AppID, at now: Moment) {
    let due = state.due(for: app, at: now).filter(isAllowed)
    for action in outbox.take(due, of: app, at: now) { perform(action) }
    guard state.apps[app] != nil else {
      outbox.forget(app)
      return wakes.set(nil, for: app)
    }
    wakes.set([state.nextWake(of: app, at: now), outbox.nextRepeat(of: app)].compactMap(\.self).min(), for: app)
  }

  /// An engine that ends starts nothing.
  private func isAllowed(_ action: Action) -> Bool {
    switch (phase, action) {
    case (.built, .route), (.serving, _): true
    case (.ending, .start): false
    case (.ending, _): true
    case (.built, _), (.over, _): false
    }
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
    guard let app = state.app(of: runner).flatMap({ state.apps[$0] }), let revision = app.revision(id) else {
      return hub.send(.fault("runner \(runner) has no launch: revision \(id) is not known"))
    }
    output.open(runner, of: app.id)
    do {
      let template = try launches.template(for: app.id, revision: revision)
      let launch = template.spec(for: runner, of: revision, scaling: app.scaling(of: revision))
      dataPlane.attach(
        runner, app: app.id, revision: id, socket: socket, launch: launch, slots: launch.maxMultiplexing
      ) { [mailbox, output] event in
        Self.forward(event, of: runner, generation, to: mailbox, output)
      }
    } catch {
      let failure = RunnerFailure(code: "launch-failed", message: "\(error)")
      mailbox.post(.runner(runner, generation: generation, .failed(failure)))
    }
  }
}
