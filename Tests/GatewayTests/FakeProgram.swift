import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The HTTP program of a command app, in this process: answers by path.
final class FakeProgram: Sendable {
  struct Seen: Sendable {
    var heads: [HTTPRequestHead] = []
    var connections = 0
    var closed = 0
    var received = 0
  }

  let port: Int
  let seen: Box
  private let server: any Channel
  private let latest: Latest

  /// The connection that was opened last.
  final class Latest: Sendable {
    let value = Mutex<NIOLoopBound<Connection>?>(nil)
  }

  final class Box: Sendable {
    let value = Mutex(Seen())
    func withLock<Value: Sendable>(_ body: (inout Seen) -> sending Value) -> Value { value.withLock { body(&$0) } }
  }

  /// On a Unix socket, or on a free port.
  init(socket: String? = nil) async throws {
    let seen = Box()
    self.seen = seen
    let latest = Latest()
    self.latest = latest
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = Connection(seen)
          latest.value.withLock { $0 = NIOLoopBound(connection, eventLoop: channel.eventLoop) }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
    server =
      if let socket {
        try await bootstrap.bind(unixDomainSocketPath: socket).get()
      } else {
        try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
      }
    port = server.localAddress?.port ?? 0
  }

  func close() async throws { try await server.close() }

  /// Sends a piece of the answer that is open on the latest connection.
  func say(_ text: String) {
    guard let latest = latest.value.withLock({ $0 }) else { return }
    latest.eventLoop.execute { latest.value.say(text) }
  }

  final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let seen: Box
    private var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private var body = ByteBuffer()
    private var served = 0
    private var context: ChannelHandlerContext?

    init(_ seen: Box) { self.seen = seen }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func say(_ text: String) {
      context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) { seen.withLock { $0.connections += 1 } }
    func channelInactive(context: ChannelHandlerContext) { seen.withLock { $0.closed += 1 } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body.clear()
        seen.withLock { $0.heads.append(head) }
        if head.uri.hasPrefix("/early") { answer(context, status: .forbidden, text: "no") }
      case .body(let bytes):
        seen.withLock { $0.received += bytes.readableBytes }
        if !head.uri.hasPrefix("/sink") { body.writeImmutableBuffer(bytes) }
      case .end: completed(context)
      }
    }

    private func completed(_ context: ChannelHandlerContext) {
      served += 1
      // The control API is asked with the whole path, apps with what follows their name.
      let path = head.uri.hasPrefix("/v1/") ? String(head.uri.dropFirst(3)) : head.uri
      switch String(path.prefix { $0 != "?" }) {
      case "/lines":
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok))), promise: nil)
      case "/early", "/hold", "/deaf", "/deaf/cancel": break
      case "/unwell": answer(context, status: .internalServerError, text: "no")
      case "/503": answer(context, status: .serviceUnavailable, text: "no")
      case "/sink": answer(context, status: .ok, text: "sunk")
      case "/chunks":
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok))), promise: nil)
        for number in 0..<3 {
          context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "part \(number);")))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      case "/flood": flood(context)
      case "/cut":
        let response = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "100"])
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "half")))), promise: nil)
        context.close(promise: nil)
      case "/die": context.close(promise: nil)
      case "/once" where served > 1: context.close(promise: nil)
      case "/none":
        let response = HTTPResponseHead(version: .http1_1, status: .noContent)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      default: answer(context, status: .ok, text: "\(head.method) \(head.uri) \(String(buffer: body))")
      }
    }

    /// 30 MB, as fast as they are taken.
    private func flood(_ context: ChannelHandlerContext) {
      context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok))), promise: nil)
      let piece = ByteBuffer(repeating: 0x78, count: 100_000)
      for _ in 0..<300 { context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil) }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext, status: HTTPResponseStatus, text: String) {
      // The gateway does what it is told: only who asks for it gets the words of an app to the platform.
      let words = head.headers["x-say"].compactMap { $0.split(separator: "=").count == 2 ? $0.split(separator: "=") : nil }
      var headers: HTTPHeaders = ["content-length": "\(text.utf8.count)", "content-type": "text/plain", "x-own": "1"]
      for word in words { headers.add(name: String(word[0]), value: String(word[1])) }
      context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
      if head.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil) }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
