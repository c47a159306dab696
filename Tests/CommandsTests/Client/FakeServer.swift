import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Answers requests with what the test wrote down beforehand, over a real socket.
final class FakeServer: Sendable {
  struct Canned: Sendable {
    var status = 200
    /// Sent one after the other, each when the one before has left.
    var pieces: [String] = []
    /// Time before each piece but the first.
    var pause: TimeAmount = .zero
    var contentType = "application/json"
    /// Closes the connection in the middle of the answer.
    var breaks = false
    /// Sends no end, until the client goes away.
    var stays = false
  }

  struct Request: Sendable, Hashable {
    var method: String
    var uri: String
    var authorization: String?
    var body: String

    var path: String { uri.split(separator: "?").first.map(String.init) ?? uri }
  }

  private let channel: any Channel
  private let log: Log

  /// `answers` by method and path, without the query: `GET /v1/status`; with a number after it, for that one of
  /// several: `GET /v1/status 2`.
  init(_ answers: [String: Canned]) async throws {
    let log = Log()
    self.log = log
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(answers, log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  deinit { channel.close(promise: nil) }

  var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

  var requests: [Request] { log.requests.withLock { $0 } }

  fileprivate final class Log: Sendable {
    let requests = Mutex<[Request]>([])
  }
}

private final class Handler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answers: [String: FakeServer.Canned]
  private let log: FakeServer.Log
  private var head: HTTPRequestHead?
  private var body = ""

  init(_ answers: [String: FakeServer.Canned], _ log: FakeServer.Log) {
    self.answers = answers
    self.log = log
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = ""
    case .body(let piece): body += String(buffer: piece)
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    guard let head else { return }
    log.requests.withLock {
      $0.append(
        FakeServer.Request(
          method: head.method.rawValue, uri: head.uri, authorization: head.headers.first(name: "authorization"), body: body))
    }
    let path = head.uri.split(separator: "?").first.map(String.init) ?? head.uri
    let name = "\(head.method.rawValue) \(path)"
    let count = log.requests.withLock { $0.count { $0.method == head.method.rawValue && $0.path == path } }
    let canned =
      answers["\(name) \(count)"] ?? answers[name] ?? FakeServer.Canned(status: 404, pieces: ["nothing here"])
    let status = HTTPResponseStatus(statusCode: canned.status)
    let answer = HTTPResponseHead(version: .http1_1, status: status, headers: ["content-type": canned.contentType])
    context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
    send(canned, from: 0, context)
  }

  private func send(_ canned: FakeServer.Canned, from index: Int, _ context: ChannelHandlerContext) {
    guard index < canned.pieces.count else {
      if canned.breaks {
        context.close(promise: nil)
      } else if !canned.stays {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
      return
    }
    let piece = context.channel.allocator.buffer(string: canned.pieces[index])
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
    let (handler, bound) = (NIOLoopBound(self, eventLoop: context.eventLoop), NIOLoopBound(context, eventLoop: context.eventLoop))
    context.eventLoop.scheduleTask(in: canned.pause) { handler.value.send(canned, from: index + 1, bound.value) }
  }
}
