import Glibc
import NIOCore
import NIOPosix

/// Why the program of a command app, or the control API, was not reached.
enum ConnectFailure: Hashable {
  /// Nobody listens there.
  case refused
  /// Somebody listens and takes no connection.
  case timeout
  /// This machine or process has no room for one more: no port, no descriptor. Says nothing of who was to be reached.
  case own

  init(_ error: any Error) {
    let cause = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
    if case .connectTimeout? = cause as? ChannelError {
      self = .timeout
    } else {
      switch (cause as? IOError)?.errnoCode {
      case ECONNREFUSED?, ECONNRESET?, ENOENT?: self = .refused
      case ETIMEDOUT?: self = .timeout
      default: self = .own
      }
    }
  }

  var fault: Fault {
    switch self {
    case .refused: .upstreamRefused
    case .timeout: .upstreamTimeout
    case .own: .upstreamUnreached
    }
  }
}
