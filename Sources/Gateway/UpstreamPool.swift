import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections to the program of one command app's runner, or to the control API. There are never more in use than the
/// runner has slots, and never more kept than that.
final class UpstreamPool {
  enum Address {
    /// Of 127.0.0.1.
    case port(Int)
    case socket(String)
  }

  private let address: Address
  private let idleMax: Int
  private let core: Core
  /// The one used last is used next: the others may grow old and be closed.
  private var idle: [UpstreamConnection] = []
  private var isClosed = false

  init(_ address: Address, idleMax: Int, core: Core) {
    self.address = address
    self.idleMax = max(1, idleMax)
    self.core = core
  }

  func schedule(in seconds: Double, _ body: @escaping () -> Void) -> Scheduled<Void> {
    core.loop.scheduleTask(in: .milliseconds(Int64(min(max(seconds, 0), 1e9) * 1000)), body)
  }

  func acquire(for session: ProxySession) {
    if let connection = idle.popLast() { return connection.reused(by: session) }
    connect(for: session)
  }

  private var connectTimeout: TimeAmount { .milliseconds(Int64(core.configuration.connectMilliseconds)) }

  func connect(for session: ProxySession) {
    let loop = core.loop.nonisolated()
    let bound = NIOLoopBound(UpstreamConnection(session: session, pool: self, core: core), eventLoop: loop)
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = core.configuration.headerFieldMax
    limits.maxHeaderListSize = core.configuration.headersMax
    let decoding = limits
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(connectTimeout)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(HTTPRequestEncoder())
          // What follows the agreement to speak another protocol belongs to whoever speaks that.
          let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoding)
          try pipeline.addHandler(ByteToMessageHandler(decoder))
          try pipeline.addHandler(bound.value)
        }
      }
    let connected =
      switch address {
      case .port(let port): bootstrap.connect(host: "127.0.0.1", port: port)
      case .socket(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    connected.assumeIsolated().whenFailure { session.upstreamRefused($0) }
  }

  /// Whether anybody takes connections there, as far as that can be known, found out with one that is used for nothing else.
  func probe(_ completion: @escaping (Bool) -> Void) {
    let bootstrap = ClientBootstrap(group: core.loop.nonisolated()).connectTimeout(connectTimeout)
    let connected =
      switch address {
      case .port(let port): bootstrap.connect(host: "127.0.0.1", port: port)
      case .socket(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    connected.assumeIsolated().whenComplete { result in
      switch result {
      case .success(let channel):
        channel.close(promise: nil)
        completion(true)
      case .failure(let error): completion(ConnectFailure(error) == .own)
      }
    }
  }

  func released(_ connection: UpstreamConnection) {
    guard !isClosed, idle.count < idleMax else { return connection.discard() }
    idle.append(connection)
  }

  func forgot(_ connection: UpstreamConnection) {
    guard let index = idle.lastIndex(where: { $0 === connection }) else { return }
    idle.remove(at: index)
  }

  func swept(at seconds: Int) {
    for connection in idle where seconds - connection.lastUsed >= core.configuration.upstreamIdleSeconds {
      connection.discard()
    }
  }

  /// The runner is gone.
  func close() {
    isClosed = true
    for connection in idle { connection.discard() }
  }
}
