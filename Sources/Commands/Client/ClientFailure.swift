import AsyncHTTPClient
import ControlAPI
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What can go wrong between a command and a server.
enum ClientFailure {
  /// No connection came about.
  case unreachable(ServerLocation, any Error)
  /// The connection ended before the answer did.
  case broken(ServerLocation, any Error)
  /// Whoever answers is no server of ours, or one of another version.
  case notAnAnswer(ServerLocation, String)
  case unauthorized(ServerLocation, ClientKey?, APIProblem?)

  /// The code of `unreachable` when nobody listens: then a command may start a server.
  static let noServer = "no-server"
  static let broken = "connection-lost"

  var error: CommandError {
    switch self {
    case .unreachable(let location, let error): Self.unreachable(location, error)
    case .broken(let location, let error):
      CommandError(
        Self.broken, "the connection to \(location.url) ended: \(Self.words(error))",
        fix: "see whether the server is well with 'apolune server status'")
    case .notAnAnswer(let location, let reason):
      CommandError(
        "not-a-server", "what answers at \(location.url) \(location.whence) is no apolune server of this version: \(reason)",
        fix: "name the server with --server, and run the same version on both sides")
    case .unauthorized(let location, let key, let problem): Self.unauthorized(location, key, problem)
    }
  }

  private static func unreachable(_ location: ServerLocation, _ error: any Error) -> CommandError {
    if isTLS(error) { return untrusted(location, error) }
    let isRefused = isRefused(error)
    let reason = isRefused ? "" : ": \(words(error))"
    let fix =
      location.isNamed
      ? "start it with 'apolune server' on its machine, or name another; this address comes \(location.whence.inBareWords)"
      : "start one with 'apolune server'"
    return CommandError(
      isRefused ? noServer : "server-unreachable", "no server at \(location.url)\(reason)", fix: fix)
  }

  private static func untrusted(_ location: ServerLocation, _ error: any Error) -> CommandError {
    // The library's words for it are for those who know its source.
    let isUntrusted = "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    let reason = isUntrusted ? "its certificate has ended, or is of an authority that is not trusted here" : words(error)
    return CommandError(
      "tls-failed", "no TLS connection to \(location.url) came about: \(reason)",
      fix: "if its certificate is of an authority of your own, name that with --ca FILE or $\(ServerTrust.variable)")
  }

  private static func isTLS(_ error: any Error) -> Bool {
    switch error {
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: true
    case let error as NIOConnectionError: error.connectionErrors.contains { isTLS($0.error) }
    default: false
    }
  }

  private static func unauthorized(_ location: ServerLocation, _ key: ClientKey?, _ problem: APIProblem?) -> CommandError {
    guard let key else {
      let fix =
        location.isOwn
        ? "use the --data-dir of that server, or put its key into $\(ClientKey.variable)"
        : "put the key of that server's owner into $\(ClientKey.variable)"
      return CommandError("unauthorized", "the server at \(location.url) wants a key, and there is none here", fix: fix)
    }
    let said = problem.map { ": \($0.message)" } ?? ""
    return CommandError(
      "unauthorized", "the server at \(location.url) \(location.whence) does not take \(key.whence)\(said)",
      fix: key.origin == .variable
        ? "mend or unset $\(ClientKey.variable)"
        : "another user's server may listen there: name yours with --server, or start it on another port with --listen")
  }

  /// Whether the machine is there and nobody listens.
  private static func isRefused(_ error: any Error) -> Bool {
    switch error {
    case let error as IOError: error.errnoCode == ECONNREFUSED
    case let error as NIOConnectionError: error.connectionErrors.contains { isRefused($0.error) }
    default: false
    }
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as HTTPClientError where error == .connectTimeout:
      "it did not accept the connection within \(ControlClient.connectTimeout.nanoseconds / 1_000_000_000) s"
    case let error as HTTPClientError where error == .deadlineExceeded:
      "it did not answer within \(ControlClient.callTimeout.nanoseconds / 1_000_000_000) s"
    case let error as HTTPClientError where error == .remoteConnectionClosed: "the server closed it"
    case let error as HTTPClientError: error.shortDescription
    case let error as NIOConnectionError where error.connectionErrors.isEmpty: "there is no machine named \(error.host)"
    case let error as IOError: error.reason
    default: "\(error)"
    }
  }
}

extension IOError {
  /// What the system calls it.
  fileprivate var reason: String { strerror(errnoCode).map { String(cString: $0) } ?? "error \(errnoCode)" }
}

extension String {
  /// Without the brackets around it.
  fileprivate var inBareWords: String { String(dropFirst().dropLast()) }
}
