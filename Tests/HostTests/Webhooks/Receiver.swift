import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A server that gets webhooks, and answers them as the test says.
final class Receiver: Sendable {
  struct Arrival: Sendable {
    var path: String
    var headers: [(String, String)]
    var body: [UInt8]

    subscript(name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
  }

  enum Answer: Sendable {
    case status(Int)
    case redirect(to: String)
    /// The connection stays open, and nothing comes.
    case nothing
    case hangUp
  }

  let port: Int
  let arrivals: AsyncStream<Arrival>
  private let channel: any Channel
  private let count = Atomic(0)

  var url: String { "http://127.0.0.1:\(port)/hook" }
  /// That have arrived.
  var arrived: Int { count.load(ordering: .relaxed) }

  /// - Parameter answer: by the number of the arrival, from 1.
  init(_ answer: @escaping @Sendable (Int) -> Answer = { _ in .status(200) }) async throws {
    let (arrivals, note) = AsyncStream<Arrival>.makeStream()
    self.arrivals = arrivals
    let count = Mutex(0)
    let heard: @Sendable (Arrival) -> Answer = { arrival in
      note.yield(arrival)
      return answer(
        count.withLock {
          $0 += 1
          return $0
        })
    }
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Conversation(heard)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = try #require(channel.localAddress?.port)
  }

  /// The next that arrives.
  func next() async throws -> Arrival {
    for await arrival in arrivals {
      count.add(1, ordering: .relaxed)
      return arrival
    }
    throw CancellationError()
  }

  func close() async throws { try await channel.close() }

  /// One connection, with as much of HTTP as a client needs to hear.
  private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let heard: (Arrival) -> Answer
    private var text: [UInt8] = []

    init(_ heard: @escaping (Arrival) -> Answer) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += Array(unwrapInboundIn(data).readableBytesView)
      guard let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
      let lines = String(decoding: text[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      let headers = lines.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        return (parts[0], parts.count > 1 ? parts[1] : "")
      }
      let length = headers.first { $0.0.lowercased() == "content-length" }.flatMap { Int($0.1) } ?? 0
      guard text.count >= end.upperBound + length else { return }
      let body = Array(text[end.upperBound..<end.upperBound + length])
      text.removeFirst(end.upperBound + length)
      let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
      switch heard(Arrival(path: path, headers: headers, body: body)) {
      case .status(let status): write("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\nok", context)
      case .redirect(let target): write("HTTP/1.1 307 X\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n", context)
      case .nothing: break
      case .hangUp: context.close(promise: nil)
      }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
  }
}
