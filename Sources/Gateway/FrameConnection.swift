import NIOCore
import RunnerProtocol

/// Takes the frames that come over a `FrameConnection`.
protocol FrameReceiver: AnyObject {
  /// The connection is open.
  func connectionOpened()
  /// - Parameter payload: shares memory with what was read; keeping it keeps that memory.
  func frameArrived(_ header: FrameHeader, payload: ByteBuffer) throws
  /// Called once, after the last frame. `error` is nil when the other side closed in good order.
  func connectionClosed(error: (any Error)?)
}

/// The gateway's end of a Unix socket that carries frames: cuts what comes in, gathers what goes out.
///
/// Frames are parsed where they were read; only the piece of one that is not complete yet is copied.
final class FrameConnection: ChannelInboundHandler, TickFlushable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A body at least this long is written from where it is instead of being copied behind its head.
  private static let copyMax = 16 * 1024
  /// A buffer that a large frame made bigger than this is given back.
  private static let keptCapacityMax = 256 * 1024

  var isFlushDue = false
  private var receiver: (any FrameReceiver)?
  private let flushes: FlushQueue
  private var context: ChannelHandlerContext?
  /// The piece of a frame whose rest has not come yet.
  private var inbox = ByteBuffer()
  private var scratch: [UInt8] = []
  private var outgoing = ByteBuffer()
  private var failure: (any Error)?

  init(receiver: any FrameReceiver, flushes: FlushQueue) {
    self.receiver = receiver
    self.flushes = flushes
  }

  var isOpen: Bool { context != nil }

  // MARK: Out

  /// Sends one frame at the end of this turn of the event loop; does nothing on a closed connection, whose `receiver`
  /// was told so.
  func send(_ kind: FrameKind, stream: UInt32 = 0, body: ByteBuffer? = nil, head: (inout [UInt8]) -> Void = { _ in }) {
    guard let context else { return }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(frame: kind, stream: stream, bodyCount: body?.readableBytes ?? 0, payload: head)
    outgoing.writeBytes(scratch)
    if var body {
      if body.readableBytes < Self.copyMax {
        outgoing.writeBuffer(&body)
      } else {
        context.write(wrapOutboundOut(outgoing), promise: nil)
        context.write(wrapOutboundOut(body), promise: nil)
        outgoing = ByteBuffer()
      }
    }
    flushes.add(runner: self)
  }

  func flushTick() {
    guard let context else { return }
    if outgoing.readableBytes > 0 {
      context.write(wrapOutboundOut(outgoing), promise: nil)
    }
    context.flush()
    if outgoing.capacity > Self.keptCapacityMax { outgoing = ByteBuffer() } else { outgoing.clear() }
  }

  func close() { context?.close(promise: nil) }

  // MARK: In

  func handlerAdded(context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    open(context)
  }

  func channelActive(context: ChannelHandlerContext) { open(context) }

  private func open(_ context: ChannelHandlerContext) {
    guard self.context == nil else { return }
    self.context = context
    receiver?.connectionOpened()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var incoming = unwrapInboundIn(data)
    do {
      if inbox.readableBytes == 0 {
        try deliver(from: &incoming)
        keep(&incoming)
      } else {
        inbox.writeBuffer(&incoming)
        try deliver(from: &inbox)
        shrinkInbox()
      }
    } catch {
      failure = error
      context.close(promise: nil)
    }
  }

  /// Lets go of the frames that were delivered. A stream may leave the piece of a frame after each read and never be empty:
  /// what came before would stay for as long as it goes on.
  private func shrinkInbox() {
    if inbox.readableBytes == 0 {
      if inbox.capacity > Self.keptCapacityMax { inbox = ByteBuffer() }
    } else if inbox.readerIndex > 0 {
      var rest = inbox
      inbox = ByteBuffer()
      keep(&rest)
    }
  }

  /// Bytes that are reserved for frames whose rest has not come yet.
  var inboxCapacity: Int { inbox.capacity }

  /// Copies what is left, with room for the whole frame if its length is known, so that it grows once.
  private func keep(_ rest: inout ByteBuffer) {
    guard rest.readableBytes > 0 else { return }
    inbox.clear()
    if let length = rest.getInteger(at: rest.readerIndex, endianness: .little, as: UInt32.self) {
      // Not looked at yet: it may be a lie.
      inbox.reserveCapacity(FrameHeader.size + min(Int(length), FrameHeader.payloadMax))
    }
    inbox.writeBuffer(&rest)
  }

  private func deliver(from buffer: inout ByteBuffer) throws {
    while buffer.readableBytes >= FrameHeader.size {
      let header = try buffer.withUnsafeReadableBytes { try FrameHeader($0) }
      let start = buffer.readerIndex + FrameHeader.size
      guard let payload = buffer.getSlice(at: start, length: header.length) else { return }
      buffer.moveReaderIndex(forwardBy: FrameHeader.size + header.length)
      // A frame that was received after a close was asked for is nobody's any more.
      guard let receiver else { return }
      try receiver.frameArrived(header, payload: payload)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = error
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    let receiver = self.receiver
    self.receiver = nil
    receiver?.connectionClosed(error: failure)
    context.fireChannelInactive()
  }
}
