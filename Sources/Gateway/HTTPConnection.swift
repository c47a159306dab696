import EngineCore
import NIOCore
import NIOHTTP1
import RunnerProtocol

/// One client's connection: reads its requests one after the other, and writes their answers.
///
/// What the HTTP decoder makes of the bytes comes in; answers go out as bytes, written here into one buffer, head and
/// body together. A client that sends its next request early (pipelining) finds it kept until the present one is over.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler, TickFlushable {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum State {
    /// Between two requests. Becomes `receiving`, `proxying`, or `discarding` when a head arrives.
    case idle
    /// The body of a request for a Lua app is coming. Becomes `answering` at its end, `discarding` when it is refused.
    case receiving
    /// The request waits for a slot, or a runner has it. Becomes `streaming`, `idle` or `ending`.
    case answering(Exchange)
    /// A streamed answer has begun. Becomes `idle` or `ending`.
    case streaming(Exchange)
    /// A request of a command app goes back and forth. Becomes `idle`, `discarding` or `ending`.
    case proxying(ProxySession)
    /// A call of the queue waits for the disk. Becomes `idle`, `discarding` or `ending`.
    case asking
    /// Changes of a queued request are told as they come. Becomes `idle` or `ending`.
    case watching(QueueWatch)
    /// A large result is read and written part by part. Becomes `idle`, `discarding` or `ending`.
    case sending(ResultSender)
    /// The answer is given, the rest of the request is dropped. Becomes `idle` at its end, `ending` if it is too long.
    case discarding(bytesLeft: Int)
    /// The last answer is on its way; what comes is dropped. Becomes `closed`.
    case ending
    /// Final.
    case closed
  }

  /// Parts of pipelined requests, and bytes of their bodies, that are kept; more are left in the socket.
  private static let backlogMax = 64
  private static let backlogBytesMax = 64 * 1024
  /// A longer target is looked up again each time: what a connection remembers must stay small.
  static let rememberedMax = 256
  /// Bytes of a refused request's body that are read and dropped so that the connection can be used again.
  static let discardMax = 256 * 1024
  /// A buffer that a large answer made bigger than this is given back.
  private static let keptCapacityMax = 16 * 1024
  /// A body at least this long is written from where it is.
  private static let copyMax = 8 * 1024

  let core: Core
  /// Whether what goes over it is encrypted.
  let isTLS: Bool
  var context: ChannelHandlerContext?
  var state = State.idle
  /// What is known of the present request from its head.
  var request = RequestFacts()
  /// The request for a Lua app that is being received or waits for a slot; given up with `takeIncoming`.
  var incoming: LuaRequest?
  /// Bytes of it, as `core.bodyBytes` counts them.
  var incomingBytes = 0
  /// Bytes of chunks that were written and for which the runner has no new credit yet.
  var creditOwed = 0
  var isFlushDue = false
  /// Where the present request, a `CONNECT`, leads.
  var connecting: ConnectTarget?
  /// What happens once everything is written.
  var ending = Ending.none
  /// The second of the last sign of life in the present state.
  var lastProgress: Int
  /// Whether a read of the channel was held back.
  private var isReadHeld = false
  private var backlog: [HTTPServerRequestPart] = []
  /// Bytes of bodies in it.
  private var backlogBytes = 0
  private var isServingBacklog = false
  private var out = ByteBuffer()
  private var hasUnflushedWrites = false
  var remembered: RememberedTarget?
  var rememberedGrant: RememberedGrant?

  enum Ending {
    case none
    /// Close.
    case close
    /// Close our half, and wait for the client's: it may still be sending, and closing at once would make its system
    /// throw away the answer that it has not read.
    case linger
  }

  init(core: Core, isTLS: Bool) {
    self.core = core
    self.isTLS = isTLS
    lastProgress = core.seconds
  }

  var requestID: String { request.id }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    opened(context)
  }

  func channelActive(context: ChannelHandlerContext) { opened(context) }

  private func opened(_ context: ChannelHandlerContext) {
    guard self.context == nil else { return }
    self.context = context
    if !core.connectionOpened(self) { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    let last = state
    state = .closed
    self.context = nil
    _ = takeIncoming()
    backlog = []
    recordUnlessTraced(isAborted: true)
    core.connectionClosed(self)
    switch last {
    case .answering(let exchange), .streaming(let exchange): exchange.clientLeft()
    case .proxying(let session): session.clientLeft()
    case .watching(let watch): watch.leave()
    case .idle, .receiving, .asking, .sending, .discarding, .ending, .closed: break
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    lastProgress = core.seconds
    if takesParts, backlog.isEmpty { return take(part) }
    if case .body(let bytes) = part { backlogBytes += bytes.readableBytes }
    backlog.append(part)
  }

  /// Holds reading back while nothing more can be taken, so that what a client sends waits in its own system.
  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadHeld = true }
  }

  private var mayRead: Bool {
    guard backlog.count < Self.backlogMax, backlogBytes < Self.backlogBytesMax else { return false }
    // What follows such a request is not taken by the decoder, which would keep it all.
    if request.wantsUpgrade, request.isComplete { return false }
    if case .proxying(let session) = state { return session.takesBody }
    return true
  }

  /// Reads on if reading was held back and need not be any more.
  func resumeReading() {
    guard isReadHeld, mayRead, let context else { return }
    isReadHeld = false
    context.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    lastProgress = core.seconds
    switch state {
    case .streaming(let exchange): grantCredit(exchange)
    case .proxying(let session): session.downstreamDrained()
    case .watching(let watch): watch.changed()
    case .sending(let sender): sender.pump()
    case .idle, .receiving, .answering, .asking, .discarding, .ending, .closed: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // One that ends in the middle is nobody's mistake: the client has left.
    guard let error = error as? HTTPParserError, error != .invalidEOFState else { return context.close(promise: nil) }
    malformed(error == .headerOverflow ? .headersTooLarge : .malformed("The request is not valid HTTP: \(error)"))
  }

  // MARK: Parts

  /// Whether the next part of a request is dealt with now.
  private var takesParts: Bool {
    switch state {
    case .idle, .receiving, .discarding, .ending, .closed: true
    case .proxying, .asking, .watching, .sending: !request.isComplete
    case .answering, .streaming: false
    }
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch part {
    case .head(let head):
      guard case .idle = state else { return }
      requestArrived(head)
    case .body(let bytes): bodyArrived(bytes)
    case .end: requestCompleted()
    }
  }

  /// The answer is whole: on with the next request.
  func becomeIdle() {
    state = .idle
    lastProgress = core.seconds
    serveBacklog()
    if case .idle = state, core.isStopping { end(.close) }
  }

  private func serveBacklog() {
    guard !isServingBacklog else { return }
    isServingBacklog = true
    var served = 0
    while served < backlog.count, takesParts {
      served += 1
      if case .body(let bytes) = backlog[served - 1] { backlogBytes -= bytes.readableBytes }
      take(backlog[served - 1])
    }
    // Closing the connection has emptied it.
    backlog.removeFirst(min(served, backlog.count))
    isServingBacklog = false
    resumeReading()
  }

  // MARK: Writing

  /// Adds to what is written at the end of this turn of the event loop.
  func write(_ body: (inout ByteBuffer) -> Void) {
    body(&out)
    core.flushes.add(client: self)
  }

  /// Adds `bytes`, without copying them if they are many.
  func write(bytes: ByteBuffer) {
    guard bytes.readableBytes >= Self.copyMax, let context else { return write { $0.writeImmutableBuffer(bytes) } }
    if out.readableBytes > 0 { context.write(wrapOutboundOut(out), promise: nil) }
    out = ByteBuffer()
    context.write(wrapOutboundOut(bytes), promise: nil)
    core.flushes.add(client: self)
  }

  func flushTick() {
    guard let context else { return }
    if ending == .none {
      if out.readableBytes > 0 { context.write(wrapOutboundOut(out), promise: nil) }
      context.flush()
    } else {
      finish(context)
    }
    if out.capacity > Self.keptCapacityMax { out = ByteBuffer() } else { out.clear() }
    switch state {
    case .streaming(let exchange) where context.channel.isWritable: grantCredit(exchange)
    case .proxying(let session) where context.channel.isWritable: session.downstreamDrained()
    case .sending(let sender) where context.channel.isWritable: sender.pump()
    case .idle, .receiving, .answering, .streaming, .proxying, .asking, .watching, .sending, .discarding, .ending, .closed: break
    }
  }

  /// Writes the last bytes, then closes.
  private func finish(_ context: ChannelHandlerContext) {
    let mode: CloseMode = ending == .linger ? .output : .all
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: nil) }
    context.writeAndFlush(wrapOutboundOut(out), promise: written)
  }

  /// The request for a Lua app, which the connection holds no longer.
  func takeIncoming() -> LuaRequest? {
    let taken = incoming
    incoming = nil
    core.bodyBytes -= incomingBytes
    incomingBytes = 0
    return taken
  }

  /// Nothing more is served on this connection.
  func end(_ ending: Ending) {
    state = .ending
    self.ending = ending
    lastProgress = core.seconds
    core.flushes.add(client: self)
  }
}
