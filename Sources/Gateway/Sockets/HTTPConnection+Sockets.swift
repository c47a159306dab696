import NIOCore
import NIOHTTP1

extension HTTPConnection {
  // MARK: Other protocols

  /// Writes the answer that ends HTTP on this connection, and leaves it to `handler`, which gets everything that comes after
  /// the request.
  func switchProtocols(
    to handlers: [any ChannelHandler], _ answer: (inout ByteBuffer) -> Void
  ) throws {
    guard let context else { throw ChannelError.ioOnClosedChannel }
    let pipeline = context.pipeline.syncOperations
    let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
    write(answer)
    flushTick()
    leave()
    try pipeline.addHandlers(handlers)
    pipeline.removeHandler(self, promise: nil)
    // Goes when this turn of the loop is over, and hands what it has read to whoever comes after it.
    pipeline.removeHandler(context: decoder, promise: nil)
  }

  /// A websocket that the program of a command app has agreed to.
  func proxySwitched(_ head: HTTPResponseHead, to end: TunnelEnd) throws {
    try switchProtocols(to: [end]) { out in
      out.writeStatusLine(101)
      for (name, value) in head.headers where AnswerHeaderKind(name) == .passed { out.writeHeader(name, value) }
      out.writeHeader("x-fal-request-id", requestID)
      out.writeStaticString("connection: Upgrade\r\nupgrade: websocket\r\n\r\n")
    }
  }
}
