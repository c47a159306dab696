/// A websocket between a client and the program of a command app, from the program's 101 on.
///
/// The bytes are passed on as they are: what the two agreed on, extensions too, is their business. Neither direction holds
/// more than what one read gave and the other side's socket has not taken. Its length has no limit: `request_timeout` counts
/// until the program has answered the handshake.
final class SocketTunnel: TunnelOwner, OpenSocket {
  /// Seconds that the other side has to take the rest once one of the two is gone.
  private static let lingerSeconds = 5

  let client = TunnelEnd()
  let program = TunnelEnd()
  private let core: Core
  /// Has the slot.
  private let session: ProxySession
  private var lastProgress: Int
  /// The second in which the client last could be written to.
  private var lastDrained: Int
  /// The second in which the first of the two was closed.
  private var closing: Int?
  private var isOver = false

  init(_ session: ProxySession, core: Core) {
    self.core = core
    self.session = session
    lastProgress = core.seconds
    lastDrained = core.seconds
    client.other = program
    program.other = client
    client.tunnel = self
    program.tunnel = self
  }

  /// Both ends are in their places.
  func begin() {
    core.sockets.opened(self)
    client.begin()
  }

  func progressed(_ end: TunnelEnd, bytes: Int) {
    lastProgress = core.seconds
    session.tunnelPassed(bytes, fromClient: end === client)
  }

  func swept(at seconds: Int) {
    if let closing { return seconds - closing > Self.lingerSeconds ? abandon() : () }
    if client.isDrained { lastDrained = seconds }
    // Both sides of a websocket may ping; one that has nothing to say for so long, not even that, is taken for gone.
    let isSilent = seconds - lastProgress > core.configuration.socketIdleSeconds
    if isSilent || seconds - lastDrained > core.configuration.writeSeconds { abandon() }
  }

  /// Nobody but its two ends knows when it has nothing to do: it has the time that all have to come to an end.
  func stopWhenIdle() {}

  func abandon() {
    client.abandon()
    program.abandon()
  }

  func closed(_ end: TunnelEnd) {
    if closing == nil { closing = core.seconds }
    if end === client { program.finish() } else { client.finish() }
    guard !client.isAttached, !program.isAttached, !isOver else { return }
    isOver = true
    core.sockets.closed(self)
    client.tunnel = nil
    program.tunnel = nil
    session.tunnelEnded()
  }
}
