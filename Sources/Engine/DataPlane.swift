public import EngineCore
public import RunnerProtocol

/// The request path, as the engine steers it.
///
/// Every call only hands over and returns at once; calls are idempotent. What happens then comes back as events and as
/// demand.
public protocol DataPlane: Sendable {
  /// Connects to a runner that was started, and tells it what to serve. `events` is called in order, from any thread, and
  /// ends with `closed`. The runner takes requests from its `ready` on. A runner that is attached already stays so.
  ///
  /// - Parameters:
  ///   - socket: path of the Unix socket on which the runner listens.
  ///   - slots: requests that the runner serves at the same time.
  func attach(
    _ runner: RunnerID, app: AppID, revision: RevisionID, socket: String, launch: LaunchSpec, slots: Int,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void)

  /// New requests of `app` go only to ready runners of the route's revision; while there is none, they wait. Without a
  /// route the app is unknown.
  func route(_ app: AppID, to route: AppRoute?)

  /// The runner gets no new request, is told to finish what it has, and exits by itself.
  func drain(_ runner: RunnerID)

  /// Forgets a runner that has ended; requests it still had are answered as failed.
  func detach(_ runner: RunnerID)
}
