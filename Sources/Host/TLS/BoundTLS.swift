import ControlAPI
import Synchronization

/// What the server says of its TLS listener: nothing until it listens, and something else after its certificate changed.
final class BoundTLS: Sendable {
  private let current = Mutex<TLSInfo?>(nil)

  var info: TLSInfo? { current.withLock { $0 } }

  func set(_ info: TLSInfo) { current.withLock { $0 = info } }
}
