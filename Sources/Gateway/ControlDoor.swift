/// The way to the control API: who is on it, and the connections.
final class ControlDoor {
  /// Connections that are kept for the next request. Command lines come one at a time, so that a few serve them all.
  private static let idleMax = 16

  let upstreams: UpstreamPool
  private let max: Int
  private var inside = 0

  init(socket: String, core: Core) {
    upstreams = UpstreamPool(.socket(socket), idleMax: Self.idleMax, core: core)
    max = core.configuration.controlMax
  }

  /// nil: there are too many already.
  func enter(_ session: ProxySession) -> ControlPassage? {
    guard inside < max else { return nil }
    inside += 1
    return ControlPassage(session, through: self)
  }

  func left() { inside -= 1 }

  func swept(at seconds: Int) { upstreams.swept(at: seconds) }

  func close() { upstreams.close() }
}
