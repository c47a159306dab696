import NIOCore
import NIOPosix

/// Bytes passed on between a client and a host that it asked for with `CONNECT`.
///
/// Neither direction holds more than what one read gave and the other side's socket has not taken: reading is held back
/// until it has.
final class Tunnel: TunnelOwner {
  /// Seconds without a byte in either direction after which it is closed.
  private static let idleSeconds = 600
  /// The longest that connecting to the host may take.
  private static let connectMax = TimeAmount.seconds(10)

  let client: TunnelEnd
  private let host: TunnelEnd
  private let core: Core
  private var lastProgress: Int
  /// Whether the host was reached: until then the end of its connection is told by the attempt itself.
  private var isConnected = false

  init(to name: String, port: Int, core: Core) {
    self.core = core
    lastProgress = core.seconds
    client = TunnelEnd()
    host = TunnelEnd()
    client.other = host
    host.other = client
    client.tunnel = self
    host.tunnel = self
    core.tunnelOpened(self)
    connect(name, port)
  }

  private func connect(_ name: String, _ port: Int) {
    let far = NIOLoopBound(host, eventLoop: core.loop.nonisolated())
    let connecting = ClientBootstrap(group: core.loop.nonisolated())
      .connectTimeout(Self.connectMax)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(far.value) }
      }
      .connect(host: name, port: port)
    connecting.assumeIsolated().whenComplete { [self] result in
      switch result {
      case .success:
        // The client may have gone while the host was looked for.
        guard client.isOpen else { return host.abandon() }
        isConnected = true
        client.open("HTTP/1.1 200 Connection established\r\n\r\n")
      case .failure(let error):
        let fault = Fault.unreachable("\(name) cannot be reached: \(error)")
        client.refuse(fault)
      }
    }
  }

  func progressed(_ end: TunnelEnd, bytes: Int) { lastProgress = core.seconds }

  func swept(at seconds: Int) {
    if seconds - lastProgress > Self.idleSeconds { close() }
  }

  func close() {
    client.abandon()
    host.abandon()
  }

  /// One of the two is closed: the other one follows. It is swept until it has, for it may be slow to take the rest.
  func closed(_ end: TunnelEnd) {
    if end === client {
      host.finish()
    } else if isConnected {
      client.finish()
    }
    guard !client.isAttached, !host.isAttached else { return }
    core.tunnelClosed(self)
    client.tunnel = nil
    host.tunnel = nil
  }
}

extension Fault {
  fileprivate static func unreachable(_ message: String) -> Fault {
    var fault = Fault(502, nil, message)
    fault.problemCode = "host-unreachable"
    return fault
  }
}
