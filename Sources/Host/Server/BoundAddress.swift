import Synchronization

/// Where the server is reached: known for sure once it listens.
final class BoundAddress: Sendable {
  private let current: Mutex<String>

  init(host: String, port: Int) { current = Mutex(Self.url(host, port)) }

  /// Without a slash at its end.
  var url: String { current.withLock { $0 } }

  func set(host: String, port: Int) { current.withLock { $0 = Self.url(host, port) } }

  /// Nobody can call an address that stands for all of a machine's own: its loopback is among them.
  private static func url(_ host: String, _ port: Int) -> String {
    switch host {
    case "0.0.0.0": "http://127.0.0.1:\(port)"
    case "::": "http://[::1]:\(port)"
    default: host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
  }
}
