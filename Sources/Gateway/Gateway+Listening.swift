import Glibc
import NIOCore
import NIOPosix

extension Gateway {
  /// Takes TLS connections too, after `start`: the same apps and paths, on the same event loop.
  ///
  /// - Parameter port: 0 for any that is free.
  /// - Returns: where it listens.
  /// - Throws: `portInUse`, `cannotListen`, or `notStartable` when the gateway was not started or has stopped.
  public func startTLS(
    _ identity: TLSIdentity, host: String = "127.0.0.1", port: Int = 0
  ) async throws(GatewayError) -> (host: String, port: Int) {
    renew(identity)
    let channel: any Channel
    do {
      channel = try await listener(host: host, port: port, isTLS: true)
    } catch {
      throw GatewayError(error, host: host, port: port)
    }
    let bound = channel.localAddress?.port ?? port
    perform { $0.tlsPort = bound }
    try serve(channel)
    return (channel.localAddress?.ipAddress ?? host, bound)
  }

  /// Shows another certificate to those that connect from now on.
  public func renew(_ identity: TLSIdentity) { perform { $0.identity = identity } }

  func listener(host: String, port: Int, isTLS: Bool) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // A stream may be silent for hours: a client whose machine is gone is found out by the system, in two minutes.
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
      .childChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 15)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try coreOnLoop().accept(channel, isTLS: isTLS) }
      }
      .bind(host: host, port: port).get()
  }
}
