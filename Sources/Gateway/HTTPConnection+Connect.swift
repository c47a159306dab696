import NIOCore
import NIOHTTP1

extension HTTPConnection {
  // MARK: CONNECT

  /// The head of a `CONNECT` request; what it asks for is done at its end, when the decoder has nothing more to say.
  func connectArrived(_ head: HTTPRequestHead) {
    guard !isTLS, isPeerLocal else { return refuse(.connectForbidden("CONNECT is for clients on this machine only")) }
    let target = ConnectTarget(head.uri, tlsPort: core.tlsPort)
    switch target {
    case .refused: refuse(.connectForbidden("CONNECT leads to port \(ConnectTarget.port) only"))
    case .own where core.identity == nil: refuse(.connectWithoutTLS)
    case .elsewhere where !core.hasTunnelRoom: refuse(.tunnelsFull)
    case .own, .elsewhere: connecting = target
    }
  }

  private var isPeerLocal: Bool {
    guard let address = context?.channel.remoteAddress?.ipAddress else { return false }
    return address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
  }

  /// Leaves the connection to those that speak from here on.
  func connect(to target: ConnectTarget) {
    guard let context else { return }
    let channel = context.channel
    let pipeline = context.pipeline.syncOperations
    do {
      let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
      switch target {
      case .own:
        write { $0.writeStaticString("HTTP/1.1 200 Connection established\r\n\r\n") }
        flushTick()
        leave()
        try speakTLS(pipeline)
      case .elsewhere(let host):
        flushTick()
        leave()
        try pipeline.addHandler(Tunnel(to: host, port: ConnectTarget.port, core: core).client)
      case .refused: return
      }
      pipeline.removeHandler(self, promise: nil)
      // Goes when this turn of the loop is over, and hands what it has read to whoever comes after it.
      pipeline.removeHandler(context: decoder, promise: nil)
    } catch {
      channel.close(promise: nil)
    }
    // Reading may have been held back on our account.
    channel.read()
  }

  private func speakTLS(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
    guard let identity = core.identity else { return }
    try pipeline.addHandler(identity.handler())
    try core.addHTTP(to: pipeline, isTLS: true)
  }

  /// Serves nothing any more, and the channel lives on.
  func leave() {
    request.status = 200
    recordUnlessTraced()
    state = .closed
    context = nil
    core.connectionClosed(self)
  }
}

extension Fault {
  static func connectForbidden(_ message: String) -> Fault { connect(403, "connect-forbidden", message) }
  static let connectWithoutTLS: Fault = {
    var fault = connect(
      503, "tls-not-served", "This server takes no TLS connections; start it with --tls-listen HOST:PORT")
    fault.isTransient = false
    return fault
  }()
  static let tunnelsFull = connect(503, "tunnels-full", "Too many connections are passed on already")

  private static func connect(_ status: Int, _ code: String, _ message: String) -> Fault {
    var fault = Fault(status, nil, message)
    fault.problemCode = code
    return fault
  }
}
