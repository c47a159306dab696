public import RunnerProtocol

/// Why a gateway or one of its connections could not be set up.
public enum GatewayError: Error, Hashable, CustomStringConvertible {
  /// Somebody else listens on that port.
  case portInUse(host: String, port: Int)
  /// The address cannot be listened on for another reason.
  case cannotListen(host: String, port: Int, reason: String)
  /// The certificate and key of a TLS listener.
  case unusableCertificate(reason: String)
  /// `start` was called before, or `stop` was.
  case notStartable
  /// A runner's socket cannot be reached.
  case unreachable(socket: String, reason: String)
  /// A console runner will never be ready.
  case launchFailed(FailureReport)
  /// The connection was closed before the answer came.
  case closed

  /// Kebab-case, for output that programs read.
  public var code: String {
    switch self {
    case .portInUse: "port-in-use"
    case .cannotListen: "cannot-listen"
    case .unusableCertificate: "certificate-unusable"
    case .notStartable: "not-startable"
    case .unreachable: "runner-unreachable"
    case .launchFailed(let report): report.code
    case .closed: "connection-closed"
    }
  }

  public var description: String {
    switch self {
    case .portInUse(let host, let port): "port \(port) on \(host) is in use"
    case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
    case .unusableCertificate(let reason): "certificate and key cannot be used for TLS: \(reason)"
    case .notStartable: "the gateway was started or stopped before"
    case .unreachable(let socket, let reason): "cannot connect to the runner's socket \(socket): \(reason)"
    case .launchFailed(let report): report.message
    case .closed: "the connection was closed"
    }
  }
}
