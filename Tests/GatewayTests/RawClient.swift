import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A client that sends exactly the bytes it is told to.
final class RawClient: Sendable {
  struct Reply: Equatable {
    var status: Int
    var headers: [String: String]
    var body: String
    /// Whether the body had the end that its head announced.
    var isWhole = true
  }

  final class Collector: ChannelDuplexHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    let bytes = Mutex<[UInt8]>([])
    let isClosed = Mutex(false)
    /// Nothing is read while it is set.
    let isPaused = Mutex(false)
    private let heldContext = Mutex<NIOLoopBound<ChannelHandlerContext>?>(nil)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      bytes.withLock { $0 += buffer.readableBytesView }
    }

    func read(context: ChannelHandlerContext) {
      if isPaused.withLock({ $0 }) {
        heldContext.withLock { $0 = NIOLoopBound(context, eventLoop: context.eventLoop) }
      } else {
        context.read()
      }
    }

    func resume() {
      isPaused.withLock { $0 = false }
      guard let held = heldContext.withLock({ $0 }) else { return }
      held.eventLoop.execute { held.value.read() }
    }

    func channelInactive(context: ChannelHandlerContext) { isClosed.withLock { $0 = true } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  private let channel: any Channel
  let collector: Collector

  init(port: Int, paused: Bool = false) async throws {
    let collector = Collector()
    collector.isPaused.withLock { $0 = paused }
    self.collector = collector
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(collector) }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

  func send(bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

  /// Without waiting for the other side to take it.
  func sendLater(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

  func sendLater(bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  /// A request with a body and nothing special about it.
  func post(_ path: String, _ body: String = "{}", headers: String = "") async throws {
    try await send(
      "POST \(path) HTTP/1.1\r\nHost: test\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// Speaks TLS from here on, under that name; what is sent waits until both sides agree.
  func startTLS(_ context: NIOSSLContext, name: String = "localhost") async throws {
    try await channel.eventLoop.submit { [channel, collector] in
      collector.bytes.withLock { $0 = [] }
      try channel.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: context, serverHostname: name), position: .first)
    }.get()
  }

  func close() { channel.close(promise: nil) }

  var isClosed: Bool { collector.isClosed.withLock { $0 } }

  /// Waits for the next whole answer, or for all that comes before the connection is closed.
  func reply(head: Bool = false) async throws -> Reply {
    try await until("an answer") {
      let isClosed = self.isClosed
      return self.collector.bytes.withLock { bytes -> Reply? in
        guard let (reply, used) = Self.parse(bytes, isClosed: isClosed, isHead: head) else { return nil }
        bytes.removeFirst(used)
        return reply
      }
    }
  }

  /// Everything up to now.
  var received: String { collector.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  func ends(with text: String) -> Bool { collector.bytes.withLock { $0.suffix(text.utf8.count).elementsEqual(text.utf8) } }

  private static func parse(_ bytes: [UInt8], isClosed: Bool, isHead: Bool) -> (Reply, Int)? {
    let end = Array("\r\n\r\n".utf8)
    guard let headEnd = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    var reply = Reply(status: status, headers: headers, body: "")
    let body = bytes[(headEnd + 4)...]
    if status == 100 || status == 204 || status == 304 || isHead { return (reply, headEnd + 4) }
    if let length = headers["content-length"].flatMap({ Int($0) }) {
      guard body.count >= length || isClosed else { return nil }
      reply.body = String(decoding: body.prefix(length), as: UTF8.self)
      reply.isWhole = body.count >= length
      return (reply, headEnd + 4 + min(length, body.count))
    }
    if headers["transfer-encoding"] == "chunked" {
      guard let (content, rest, isWhole) = unchunked(body), isWhole || isClosed else { return nil }
      reply.body = String(decoding: content, as: UTF8.self)
      reply.isWhole = isWhole
      return (reply, rest)
    }
    guard isClosed else { return nil }
    reply.body = String(decoding: body, as: UTF8.self)
    return (reply, bytes.count)
  }

  private static func unchunked(_ bytes: ArraySlice<UInt8>) -> (content: [UInt8], end: Int, isWhole: Bool)? {
    var content: [UInt8] = []
    var rest = bytes
    while let lineEnd = rest.firstIndex(of: 10),
      let size = Int(String(decoding: rest[..<(lineEnd - 1)], as: UTF8.self), radix: 16)
    {
      let start = lineEnd + 1
      guard bytes.endIndex >= start + size + 2 else { break }
      content += bytes[start..<start + size]
      rest = bytes[(start + size + 2)...]
      if size == 0 { return (content, rest.startIndex, true) }
    }
    return (content, bytes.endIndex, false)
  }
}

/// Looks again and again until there is something, for ten seconds.
func until<Value>(_ what: String, _ body: () async throws -> Value?) async throws -> Value {
  let end = ContinuousClock.now + .seconds(10)
  while ContinuousClock.now < end {
    if let value = try await body() { return value }
    try await Task.sleep(for: .milliseconds(2))
  }
  throw WaitedTooLong(what: what)
}

func until(_ what: String, _ condition: () async throws -> Bool) async throws {
  _ = try await until(what) { try await condition() ? true : nil }
}

struct WaitedTooLong: Error {
  var what: String
}
