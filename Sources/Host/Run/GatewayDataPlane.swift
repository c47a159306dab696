import Engine
import EngineCore
import Gateway
import RunnerProtocol

/// The gateway, as the engine sees it.
struct GatewayDataPlane: DataPlane {
  let gateway: Gateway

  func attach(
    _ runner: RunnerID, app: AppID, revision: RevisionID, socket: String, launch: LaunchSpec, slots: Int,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void
  ) {
    gateway.attach(
      runner, app: app, revision: revision, socket: socket, launch: launch, slots: slots, events: events)
  }

  func route(_ app: AppID, to route: AppRoute?) { gateway.route(app, to: route) }

  func drain(_ runner: RunnerID) { gateway.drain(runner) }

  func detach(_ runner: RunnerID) { gateway.detach(runner) }
}
