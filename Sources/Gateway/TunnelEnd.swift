import NIOCore

/// What two ends belong to.
protocol TunnelOwner: AnyObject {
  /// So many bytes came to one of the two.
  func progressed(_ end: TunnelEnd, bytes: Int)
  /// One of the two is closed.
  func closed(_ end: TunnelEnd)
}

/// One of the two connections of a tunnel.
final class TunnelEnd: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  weak var other: TunnelEnd?
  /// Held by its ends, and let go of when both are closed.
  var tunnel: (any TunnelOwner)?
  private var context: ChannelHandlerContext?
  private var isReadHeld = false
  /// While somebody is in its pipeline who does not understand what it writes.
  private var isHeld = false
  /// What the client sent with its request, before there was anybody to take it: one read at most, for no more is read.
  private var early: ByteBuffer?

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { closed() }

  func channelInactive(context: ChannelHandlerContext) {
    closed()
    context.fireChannelInactive()
  }

  private func closed() {
    guard context != nil else { return }
    context = nil
    early = nil
    tunnel?.closed(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    tunnel?.progressed(self, bytes: bytes.readableBytes)
    guard let other, other.isOpen else {
      early.setOrWriteImmutableBuffer(bytes)
      return
    }
    other.send(bytes)
  }

  func read(context: ChannelHandlerContext) {
    if other?.isDrained == true { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { other?.resume() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// Whether it has a channel, open or not yet so.
  var isAttached: Bool { context != nil }

  var isOpen: Bool { !isHeld && context?.channel.isActive == true }

  var isDrained: Bool { isOpen && context?.channel.isWritable == true }

  private func send(_ bytes: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  private func resume() {
    guard isReadHeld, let context else { return }
    isReadHeld = false
    context.read()
  }

  /// Takes nothing from the other end until `last` is out of the pipeline, where it reads what that has left.
  func hold(until last: EventLoopFuture<Void>) {
    isHeld = true
    last.assumeIsolated().whenComplete { [self] _ in
      isHeld = false
      if let early = other?.early { send(early) }
      other?.early = nil
      other?.resume()
      begin()
    }
  }

  /// Reads, should reading have been held back on account of whoever had the connection before.
  func begin() { context?.channel.read() }

  /// Of the client's end: the host is there.
  func open(_ answer: String) {
    guard let context else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    if let early { other?.send(early) }
    early = nil
    resume()
  }

  /// Of the client's end: there is nobody to pass it on to.
  func refuse(_ fault: Fault) {
    guard let context else { return }
    var out = ByteBuffer()
    let body = fault.json
    out.writeString("HTTP/1.1 \(fault.status) Bad Gateway\r\ncontent-type: application/json\r\n")
    out.writeString("content-length: \(body.count)\r\nconnection: close\r\n\r\n")
    out.writeBytes(body)
    context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    finish()
  }

  /// The other one is closed: this one too, once it has taken what there was.
  func finish() {
    guard let context else { return }
    guard !isHeld else { return abandon() }
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
  }

  /// Closes at once.
  func abandon() { context?.close(promise: nil) }
}
