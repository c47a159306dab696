import NIOCore
import NIOPosix
import Synchronization

/// The program of a command app that speaks websocket, as far as bytes go: what it does is told by the path.
final class SocketProgram: Sendable {
  struct Seen: Sendable {
    var heads: [String] = []
    var opened = 0
    var closed = 0
    var received = 0
  }

  final class Box: Sendable {
    let value = Mutex(Seen())
    func withLock<Value: Sendable>(_ body: (inout Seen) -> sending Value) -> Value { value.withLock { body(&$0) } }
  }

  static let accepted =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: yes\r\nX-Own: 1\r\n\r\n"

  let port: Int
  let seen: Box
  private let server: any Channel

  init() async throws {
    let seen = Box()
    self.seen = seen
    server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.socketOption(.so_rcvbuf), value: 65_536)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Connection(seen)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = server.localAddress?.port ?? 0
  }

  func close() async throws { try await server.close() }

  final class Connection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let seen: Box
    private var head = ""
    private var isOpen = false
    private var isDeaf = false

    init(_ seen: Box) { self.seen = seen }

    private var path: Substring { head.split(separator: " ").dropFirst().first ?? "" }

    func channelActive(context: ChannelHandlerContext) { seen.withLock { $0.opened += 1 } }
    func channelInactive(context: ChannelHandlerContext) { seen.withLock { $0.closed += 1 } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func read(context: ChannelHandlerContext) {
      if !isDeaf { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      guard isOpen else { return ask(context, bytes) }
      seen.withLock { $0.received += bytes.readableBytes }
      if path == "/bye" { return context.close(promise: nil) }
      context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func ask(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
      head += String(buffer: bytes)
      guard head.hasSuffix("\r\n\r\n") else { return }
      seen.withLock { $0.heads.append(head) }
      switch path {
      case "/no":
        write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Own: 1\r\n\r\nno", context)
      case "/odd": write("HTTP/1.1 101 Switching Protocols\r\n\r\n", context)
      case "/hold": break
      case "/die": context.close(promise: nil)
      case "/greet": open("hello", context)
      case "/deaf":
        isDeaf = true
        open("", context)
      case "/flood":
        open("", context)
        let piece = ByteBuffer(repeating: 0x78, count: 100_000)
        for _ in 0..<300 { context.write(wrapOutboundOut(piece), promise: nil) }
        write("end", context)
      default: open("", context)
      }
    }

    private func open(_ text: String, _ context: ChannelHandlerContext) {
      isOpen = true
      write(SocketProgram.accepted + text, context)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
  }
}
