/// One request that is on its way to the control API: a place among the many that may be.
final class ControlPassage: Passage {
  private let door: ControlDoor
  /// nil once the place was given back.
  private var session: ProxySession?

  init(_ session: ProxySession, through door: ControlDoor) {
    self.session = session
    self.door = door
  }

  var upstreams: UpstreamPool? { door.upstreams }

  func finish() { leave() }

  func clientLeft() { leave() }

  func fail(_ fault: Fault) {
    let session = self.session
    leave()
    session?.failed(Self.ofControl(fault))
  }

  private static func ofControl(_ fault: Fault) -> Fault {
    switch fault {
    case .upstreamRefused, .upstreamTimeout, .upstreamUnreached: .controlUnavailable
    case .upstreamIncomplete, .upstreamMalformed: .controlBroken
    // What the client did.
    default: fault
    }
  }

  private func leave() {
    guard session != nil else { return }
    session = nil
    door.left()
  }
}

extension Fault {
  static let controlUnavailable = control(503, "control-unavailable", "The control API of this server does not take connections")
  static let controlBusy = control(503, "control-busy", "Too many requests to the control API are open")
  static let controlBroken = control(502, "control-broken", "The control API ended its answer before it was whole")

  private static func control(_ status: Int, _ code: String, _ message: String) -> Fault {
    var fault = Fault(status, nil, message)
    fault.problemCode = code
    return fault
  }
}
