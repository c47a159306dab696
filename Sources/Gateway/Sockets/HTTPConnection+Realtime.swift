import AppModel
import EngineCore
import NIOCore
import NIOHTTP1
import NIOWebSocket
import RunnerProtocol

extension HTTPConnection {
  // MARK: Realtime endpoints

  /// A request for a realtime endpoint. Its handshake is answered once a runner has taken it on, so that what fails before
  /// that is an ordinary answer.
  func realtimeArrived(_ head: HTTPRequestHead, _ desk: AppDesk, _ endpoint: Endpoint, _ realtime: Realtime, query: String) {
    guard head.isWebSocketUpgrade, let accept = accept(head) else { return refuse(.realtimeOnly(endpoint.path)) }
    request.realtime = RealtimeOpening(realtime, accept: accept, asked: SocketQuery(query).maxBuffering)
    incoming = LuaRequest(desk: desk, endpoint: endpoint.path, query: query, head: head, body: ByteBuffer())
    state = .receiving
  }

  /// The handshake's answer, as the websocket library makes it of the client's key.
  private func accept(_ head: HTTPRequestHead) -> String? {
    guard let channel = context?.channel else { return nil }
    let upgrader = NIOWebSocketServerUpgrader(
      shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
      upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    var accept: String?
    // All of it is there already: it is done within the call.
    upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: [:]).assumeIsolated()
      .whenSuccess { accept = $0.first(name: "sec-websocket-accept") }
    return accept
  }

  /// A runner has opened the session: the connection becomes a websocket.
  func sessionOpened(_ exchange: Exchange, _ opening: RealtimeOpening) {
    let session = RealtimeSession(opening, exchange, core: core)
    // The encoder masks nothing, and the decoder lets a frame be as large as a message.
    let decoder = WebSocketFrameDecoder(maxFrameSize: SessionMessage.bytesMax)
    let handlers: [any ChannelHandler] = [WebSocketFrameEncoder(), ByteToMessageHandler(decoder), session]
    let channel = context?.channel
    do {
      try switchProtocols(to: handlers) { out in
        out.writeStatusLine(101)
        out.writeHeader("x-fal-request-id", requestID)
        out.writeHeader("sec-websocket-accept", opening.accept)
        out.writeStaticString("connection: Upgrade\r\nupgrade: websocket\r\n\r\n")
      }
      exchange.pass(to: session)
      channel?.read()
    } catch {
      exchange.clientLeft()
      channel?.close(promise: nil)
    }
  }
}
