import NIOCore
import NIOWebSocket
import RunnerProtocol

/// A client that talks with a realtime endpoint: its websocket ends here, and its messages go over the runner's link.
///
/// Nothing is held without a bound: replies as far as the runner has credit, and messages as `mayRead` and `make(roomFor:)` say.
final class RealtimeSession: ChannelDuplexHandler, TickFlushable, OpenSocket {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  enum State {
    /// Messages go back and forth. Becomes `closing` or `closed`.
    case open
    /// A close frame was sent; what comes is dropped. Becomes `closed` when the client's comes, or in a moment anyhow.
    case closing(since: Int)
    /// Final.
    case closed
  }

  /// Messages that wait for the runner where none is dropped, and bytes of those that wait in any case.
  private static let waitingMax = 16
  private static let waitingBytesMax = 4 * SessionMessage.bytesMax
  /// Seconds of silence after which the client is asked whether it is there, and after which it is not.
  private static let pingSeconds = 20
  private static let silenceSeconds = 60
  /// Seconds that a client has to answer a close frame.
  private static let closingSeconds = 5

  let core: Core
  let exchange: Exchange
  private let maxBuffering: Int?
  private let sessionTimeout: Int
  var isFlushDue = false
  private(set) var state = State.open
  private var context: ChannelHandlerContext?
  private var assembly = MessageAssembly(bytesMax: SessionMessage.bytesMax)
  private var isReadHeld = false
  /// Messages, each with its kind in front, that the runner has not got yet.
  private var waiting: [ByteBuffer] = []
  private var waitingBytes = 0
  /// Bytes of each that the runner has.
  private var unhandled: [Int] = []
  /// Bytes that were written and for which the runner has no new credit yet.
  private var creditOwed = 0
  /// No new message is taken.
  private var isStopping = false
  /// The close frame on its way.
  private var farewell: EventLoopFuture<Void>?
  /// The second of the last frame, message, ping and of when the client last could be written to.
  private var lastHeard: Int
  private var lastMessage: Int
  private var lastPing: Int
  private var lastDrained: Int

  init(_ opening: RealtimeOpening, _ exchange: Exchange, core: Core) {
    self.core = core
    self.exchange = exchange
    maxBuffering = opening.maxBuffering
    sessionTimeout = opening.sessionTimeout
    lastHeard = core.seconds
    lastMessage = core.seconds
    lastPing = core.seconds
    lastDrained = core.seconds
  }

  private var link: RunnerLink? {
    if case .running(_, let link) = exchange.phase { link } else { nil }
  }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    core.sockets.opened(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) { left() }

  func channelInactive(context: ChannelHandlerContext) {
    left()
    context.fireChannelInactive()
  }

  private func left() {
    guard context != nil else { return }
    context = nil
    state = .closed
    forget()
    core.sockets.closed(self)
    exchange.clientLeft()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? NIOWebSocketError else { return context.close(promise: nil) }
    switch error {
    case .invalidFrameLength: fail(.messageTooLarge)
    case .fragmentedControlFrame, .multiByteControlFrameLength: fail(.protocolError)
    }
  }

  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadHeld = true }
  }

  private var mayRead: Bool {
    maxBuffering != nil || (waiting.count < Self.waitingMax && waitingBytes < SessionMessage.bytesMax)
  }

  private func resumeReading() {
    guard isReadHeld, mayRead else { return }
    isReadHeld = false
    context?.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { grantCredit() }
    context.fireChannelWritabilityChanged()
  }

  // MARK: From the client

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastHeard = core.seconds
    switch (state, assembly.arrived(unwrapInboundIn(data))) {
    case (.open, .message(let kind, let bytes)): take(kind, bytes)
    case (.open, .ping(let bytes)): write(.pong, bytes)
    case (.open, .close(let code)):
      close(code ?? .normalClosure)
      finish()
    case (.open, .failure(let code)): fail(code)
    case (.closing, .close): finish()
    case (.open, .incomplete), (.open, .pong), (.closing, _), (.closed, _): break
    }
  }

  private func take(_ kind: SessionMessage.Kind, _ bytes: ByteBuffer) {
    guard !isStopping else { return }
    lastMessage = core.seconds
    exchange.progress.bytesIn += bytes.readableBytes
    var message = ByteBuffer()
    message.reserveCapacity(bytes.readableBytes + 1)
    message.writeInteger(kind.rawValue)
    message.writeImmutableBuffer(bytes)
    waiting.append(message)
    waitingBytes += message.readableBytes
    sendOn()
    if let maxBuffering { make(roomFor: maxBuffering) }
  }

  /// The oldest messages make room for newer ones, which say better what the client wants by now.
  private func make(roomFor max: Int) {
    while waiting.count > max || waitingBytes > Self.waitingBytesMax { waitingBytes -= waiting.removeFirst().readableBytes }
  }

  /// Gives the runner what it may have. Where older messages may be dropped, it has one at a time, so that it always gets
  /// the newest ones.
  private func sendOn() {
    guard let link else { return }
    while let next = waiting.first, unhandled.isEmpty || fits(next) {
      waiting.removeFirst()
      waitingBytes -= next.readableBytes
      unhandled.append(next.readableBytes)
      link.send(exchange, message: next)
    }
  }

  private func fits(_ message: ByteBuffer) -> Bool {
    maxBuffering == nil && unhandled.count < SessionMessage.windowMax
      && unhandled.reduce(message.readableBytes, +) <= SessionMessage.windowBytesMax
  }

  private func forget() {
    waiting = []
    waitingBytes = 0
  }

  // MARK: To the client

  /// A reply of the endpoint, with its kind in front.
  func reply(_ message: ByteBuffer) {
    creditOwed += message.readableBytes
    var bytes = message
    let kind = bytes.readInteger(as: UInt8.self).flatMap { SessionMessage.Kind(rawValue: $0) }
    write(kind == .text ? .text : .binary, bytes)
  }

  /// The runner has dealt with its oldest message.
  func handled() {
    if !unhandled.isEmpty { unhandled.removeFirst() }
    // Time counts from here on: a message may have taken longer than a session may be silent.
    lastMessage = core.seconds
    sendOn()
    resumeReading()
    closeIfStopping()
  }

  private func write(_ opcode: WebSocketOpcode, _ bytes: ByteBuffer) {
    guard case .open = state, let context else { return }
    context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: bytes)), promise: nil)
    core.flushes.add(client: self)
  }

  func flushTick() {
    guard let context else { return }
    context.flush()
    if context.channel.isWritable { grantCredit() }
  }

  /// The client has taken what was written: the runner may send as much again. Small amounts wait, as for streams.
  private func grantCredit() {
    guard let link, creditOwed >= link.launch.streamCredit / 4 else { return }
    link.grant(exchange, bytes: creditOwed)
    creditOwed = 0
  }

  // MARK: End

  /// An error in fal's words, the last thing that the client is told.
  func close(_ code: WebSocketErrorCode, error: String, _ reason: String) {
    var json = Array(#"{"type":"x-fal-error","error":"#.utf8)
    json.append(jsonText: error)
    json += #","reason":"#.utf8
    json.append(jsonText: reason)
    json.append(UInt8(ascii: "}"))
    write(.text, ByteBuffer(bytes: json))
    close(code)
  }

  /// Sends a close frame and ends the exchange.
  ///
  /// - Parameter reason: at most the 123 bytes that a close frame has room for.
  func close(_ code: WebSocketErrorCode, _ reason: String = "") {
    guard case .open = state else { return }
    var payload = ByteBuffer()
    payload.write(webSocketErrorCode: code)
    payload.writeString(String(reason.prefix(100)))
    farewell = context.map { context in
      context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: payload)))
    }
    state = .closing(since: core.seconds)
    forget()
    exchange.sessionClosed()
    isReadHeld = false
    context?.read()
  }

  /// Both close frames are there.
  private func finish() {
    farewell?.assumeIsolated().whenComplete { [weak self] _ in self?.abandon() }
  }

  /// The client does not keep the rules: nothing that it may still send is understood, its close frame neither.
  private func fail(_ code: WebSocketErrorCode) {
    close(code)
    // Our half only: closing at once would make its system throw away what it has not read.
    farewell?.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(mode: .output, promise: nil) }
  }

  func abandon() { context?.close(promise: nil) }

  func stopWhenIdle() {
    isStopping = true
    closeIfStopping()
  }

  private func closeIfStopping() {
    if isStopping, unhandled.isEmpty, waiting.isEmpty { close(.goingAway, "The server is stopping") }
  }

  func swept(at seconds: Int) {
    switch state {
    case .closed: return
    case .closing(let since): if seconds - since > Self.closingSeconds { abandon() }
    case .open: sweptOpen(at: seconds)
    }
  }

  private func sweptOpen(at seconds: Int) {
    if context?.channel.isWritable == true { lastDrained = seconds }
    if seconds - lastDrained > core.configuration.writeSeconds { return abandon() }
    // While nothing is read, nothing can be heard.
    if isReadHeld { lastHeard = seconds }
    if seconds - lastHeard > Self.silenceSeconds { return abandon() }
    if unhandled.isEmpty, waiting.isEmpty, seconds - lastMessage >= sessionTimeout {
      return close(.normalClosure, error: "TIMEOUT", "no inputs, reconnect when needed!")
    }
    guard seconds - lastHeard >= Self.pingSeconds, seconds - lastPing >= Self.pingSeconds else { return }
    lastPing = seconds
    write(.ping, ByteBuffer())
  }
}
