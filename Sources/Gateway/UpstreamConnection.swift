import NIOCore
import NIOHTTP1

/// One connection to the program of a command app; serves one session at a time.
final class UpstreamConnection: ChannelDuplexHandler, RemovableChannelHandler, TickFlushable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  var isFlushDue = false
  /// The second in which it was last used.
  private(set) var lastUsed = 0
  let core: Core
  private weak var pool: UpstreamPool?
  private var session: ProxySession?
  private var context: ChannelHandlerContext?
  private var isReused = false
  private var isReadHeld = false

  init(session: ProxySession, pool: UpstreamPool, core: Core) {
    self.session = session
    self.pool = pool
    self.core = core
  }

  // MARK: Use

  var isDrained: Bool { context?.channel.isWritable ?? false }

  func send(_ part: HTTPClientRequestPart) {
    context?.write(wrapOutboundOut(part), promise: nil)
    core.flushes.add(client: self)
  }

  func flushTick() { context?.flush() }

  func resumeReading() {
    guard isReadHeld, mayRead, let context else { return }
    isReadHeld = false
    context.read()
  }

  private var mayRead: Bool { session?.isDownstreamDrained ?? true }

  /// The answer is whole: for the next request.
  func release() {
    session = nil
    isReused = true
    lastUsed = core.seconds
    resumeReading()
    if let pool { pool.released(self) } else { discard() }
  }

  func reused(by session: ProxySession) {
    self.session = session
    if !session.upstreamOpened(self) { discard() }
  }

  /// Closes without a word to the session.
  func discard() {
    session = nil
    pool?.forgot(self)
    context?.close(promise: nil)
  }

  /// Leaves the connection to `end`, which gets everything that comes after the answer's head.
  func become(_ end: TunnelEnd) throws {
    guard let context else { throw ChannelError.ioOnClosedChannel }
    let pipeline = context.pipeline.syncOperations
    let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self)
    let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self)
    session = nil
    self.context = nil
    try pipeline.addHandler(end)
    pipeline.removeHandler(context: encoder, promise: nil)
    pipeline.removeHandler(self, promise: nil)
    // Goes when this turn of the loop is over, and hands what it has read to whoever comes after it.
    end.hold(until: pipeline.removeHandler(context: decoder))
  }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { opened(context) }
  }

  func channelActive(context: ChannelHandlerContext) { opened(context) }

  private func opened(_ context: ChannelHandlerContext) {
    guard self.context == nil else { return }
    self.context = context
    guard let session else { return context.close(promise: nil) }
    if !session.upstreamOpened(self) { discard() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    lost(.upstreamIncomplete)
  }

  private func lost(_ fault: Fault) {
    pool?.forgot(self)
    let session = self.session
    self.session = nil
    session?.upstreamLost(fault, wasReused: isReused)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): session?.upstreamBegan(head)
    case .body(let bytes): session?.upstreamBody(bytes)
    case .end: session?.upstreamEnded()
    }
  }

  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { session?.upstreamDrained() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isParser = error is HTTPParserError && (error as? HTTPParserError) != .invalidEOFState
    lost(isParser ? .upstreamMalformed : .upstreamIncomplete)
    context.close(promise: nil)
  }
}
