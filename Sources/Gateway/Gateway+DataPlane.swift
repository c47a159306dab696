public import EngineCore
public import RunnerProtocol

extension Gateway {
  /// Connects to a runner, whose socket is listening, and launches it; it gets requests once it is ready. One that is
  /// attached already stays so, and `events` of the second time are not called.
  ///
  /// - Parameters:
  ///   - slots: requests that it serves at the same time.
  ///   - events: called on the gateway's event loop, in order; `closed` is always the last one.
  public func attach(
    _ runner: RunnerID, app: AppID, revision: RevisionID, socket: String, launch: LaunchSpec, slots: Int,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void
  ) {
    let isAccepted = perform { core in
      let link = RunnerLink(
        runner: runner, revision: revision, desk: core.desk(for: app), launch: launch, core: core, events: events)
      core.attach(link, socket: socket, slots: slots)
    }
    if !isAccepted { events(.closed) }
  }

  /// Where new requests of an app go, and those that wait; nil: there is no such app (any more), and they get 404.
  public func route(_ app: AppID, to route: AppRoute?) { perform { $0.route(app, to: route) } }

  /// Gives the runner no new requests and tells it to finish what it has and to exit.
  public func drain(_ runner: RunnerID) { perform { $0.drain(runner) } }

  /// Closes the connection to a runner; what it had in flight is answered with 503.
  public func detach(_ runner: RunnerID) { perform { $0.detach(runner) } }

  /// Answers all requests of the app that wait for a runner, since none will come.
  public func refuseWaiting(_ app: AppID, with fault: Fault) { perform { $0.refuseWaiting(app, fault) } }
}
