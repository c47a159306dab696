import EngineCore
import NIOCore
import NIOHTTP1
import RunnerProtocol

/// The caller's side of a request that is passed through.
protocol ProxyDownstream: AnyObject {
  /// Whether it can take more of the answer without holding it in memory.
  var isDrained: Bool { get }
  /// The request's body may go on.
  func resumeReading()
  func proxyBegan(_ head: HTTPResponseHead)
  func proxyBody(_ bytes: ByteBuffer)
  func proxyEnded()
  /// There is no (further) answer. The answer's head may have been passed on before.
  func proxyFailed(_ fault: Fault)
  /// The answer is that the program speaks websocket from here on: with `end`, which gets the client's connection.
  func proxySwitched(_ head: HTTPResponseHead, to end: TunnelEnd) throws
}

extension ProxyDownstream {
  // Of those that ask for no websocket.
  func proxySwitched(_ head: HTTPResponseHead, to end: TunnelEnd) throws { throw ChannelError.operationUnsupported }
}

/// One request of a command app on its way through: client, slot, connection to the program, and back. The control API is
/// reached the same way, without a slot.
///
/// Neither direction is held in memory beyond what the sockets' buffers and `heldMax` hold.
final class ProxySession: ExchangeClient {
  private enum Phase {
    /// Waits for a slot, then for a connection. Becomes `open` or `over`.
    case waiting
    /// Has a connection. Becomes `passing` or `over`.
    case open(UpstreamConnection)
    /// Client and program speak websocket. Becomes `over`.
    case passing(SocketTunnel)
    /// Final.
    case over
  }

  /// Bytes of a body that are taken from the client while there is no connection to pass them to.
  private static let heldMax = 64 * 1024

  private let request: ProxyRequest
  private let downstream: any ProxyDownstream
  private var passage: (any Passage)?
  private var phase = Phase.waiting
  private var held: [ByteBuffer] = []
  private var heldBytes = 0
  private var isBodyComplete = false
  private var hasAnswerBegun = false
  /// The program's answer to the client's handshake, until its end is read.
  private var switching: HTTPResponseHead?
  /// Whether the program's connection can be used again after the answer.
  private var keepsUpstream = false
  /// A kept connection that the program closes at the very moment is no failure: tried once more, on a new one.
  private var mayRetry = true
  private var timer: Scheduled<Void>?

  init(request: ProxyRequest, downstream: any ProxyDownstream) {
    self.request = request
    self.downstream = downstream
  }

  func begin(_ exchange: Exchange) {
    passage = exchange
    exchange.desk.arrived(exchange)
  }

  /// One that has its slot already.
  func begin(_ exchange: Exchange, on link: RunnerLink) {
    passage = exchange
    exchangeStarted(exchange, on: link)
  }

  /// One that needs no slot, and may take as long as it likes.
  func begin(through passage: any Passage) {
    self.passage = passage
    passage.upstreams?.acquire(for: self)
  }

  // MARK: From the client

  var takesBody: Bool {
    switch phase {
    case .waiting: heldBytes < Self.heldMax
    case .open(let upstream): upstream.isDrained
    case .passing, .over: true
    }
  }

  /// The client is the one that keeps the request from going on.
  var waitsForBody: Bool { !isBodyComplete && takesBody }

  var isDownstreamDrained: Bool { downstream.isDrained }

  func bodyArrived(_ bytes: ByteBuffer) {
    passage?.passed(bytesIn: bytes.readableBytes)
    switch phase {
    case .waiting:
      held.append(bytes)
      heldBytes += bytes.readableBytes
    case .open(let upstream): upstream.send(.body(.byteBuffer(bytes)))
    case .passing, .over: break
    }
  }

  func bodyCompleted() {
    isBodyComplete = true
    if case .open(let upstream) = phase { upstream.send(.end(nil)) }
  }

  /// The rest of the body does not come, or nobody can tell what it is.
  func bodyFailed(_ fault: Fault) { passage?.fail(fault) }

  func downstreamDrained() {
    if case .open(let upstream) = phase { upstream.resumeReading() }
  }

  func clientLeft() {
    let passage = self.passage
    // A program that has not seen all of the request has not begun with it.
    if case .open = phase, isBodyComplete { passage?.clientLeft(request) }
    close()
    passage?.clientLeft()
  }

  // MARK: From the dispatcher

  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) {
    guard let pool = link.upstreams else { return exchange.fail(.upstreamRefused) }
    timer = pool.schedule(in: link.launch.requestTimeoutSeconds) { [weak self] in
      self?.passage?.fail(.requestTimeout)
    }
    // A websocket's connection is of no use to anybody else, before or after.
    if request.isWebSocket { pool.connect(for: self) } else { pool.acquire(for: self) }
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) { failed(fault) }

  func failed(_ fault: Fault) {
    if case .over = phase { return }
    close()
    downstream.proxyFailed(fault)
  }

  /// Answers of command apps do not come over the link.
  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {}

  private func close() {
    let last = phase
    phase = .over
    held = []
    timer?.cancel()
    timer = nil
    passage = nil
    switch last {
    case .open(let upstream): upstream.discard()
    case .passing(let tunnel): tunnel.abandon()
    case .waiting, .over: break
    }
  }

  // MARK: From the program

  /// False when the request is over: the connection is not needed.
  func upstreamOpened(_ upstream: UpstreamConnection) -> Bool {
    guard case .waiting = phase else { return false }
    phase = .open(upstream)
    upstream.send(.head(request.head))
    for bytes in held { upstream.send(.body(.byteBuffer(bytes))) }
    // Kept for nobody: only a request without a body is sent twice.
    held = []
    if isBodyComplete { upstream.send(.end(nil)) }
    downstream.resumeReading()
    return true
  }

  func upstreamRefused(_ error: any Error) {
    passage?.fail(ConnectFailure(error).fault)
  }

  func upstreamDrained() { downstream.resumeReading() }

  func upstreamBegan(_ head: HTTPResponseHead) {
    guard head.status != .switchingProtocols else {
      switching = head
      if !request.isWebSocket || !head.isWebSocketSwitch { passage?.fail(.upstreamMalformed) }
      return
    }
    hasAnswerBegun = true
    // A program that was asked for a websocket may read no further request, whatever it answered.
    keepsUpstream = head.isKeepAlive && !request.isWebSocket
    passage?.answerBegan(head)
    downstream.proxyBegan(head)
  }

  func upstreamBody(_ bytes: ByteBuffer) {
    passage?.passed(bytesOut: bytes.readableBytes)
    downstream.proxyBody(bytes)
  }

  func upstreamEnded() {
    guard case .open(let upstream) = phase else { return }
    if let switching { return switchProtocols(switching, upstream) }
    phase = .over
    timer?.cancel()
    timer = nil
    if keepsUpstream, isBodyComplete { upstream.release() } else { upstream.discard() }
    passage?.finish()
    passage = nil
    downstream.proxyEnded()
  }

  /// The connection broke, or what came over it is not HTTP.
  func upstreamLost(_ fault: Fault, wasReused: Bool) {
    guard case .open = phase else { return }
    if wasReused, mayRetry, !hasAnswerBegun, !request.hasBody, isBodyComplete,
      let pool = passage?.upstreams
    {
      mayRetry = false
      phase = .waiting
      return pool.connect(for: self)
    }
    passage?.fail(fault)
  }

  // MARK: Websockets

  /// Leaves both connections to a tunnel, which has the slot until both are closed.
  private func switchProtocols(_ head: HTTPResponseHead, _ upstream: UpstreamConnection) {
    timer?.cancel()
    timer = nil
    let tunnel = SocketTunnel(self, core: upstream.core)
    do {
      try upstream.become(tunnel.program)
      phase = .passing(tunnel)
      try downstream.proxySwitched(head, to: tunnel.client)
    } catch {
      // One of them is closed already.
      passage?.fail(.upstreamIncomplete)
      return
    }
    passage?.answerBegan(head)
    tunnel.begin()
  }

  func tunnelPassed(_ bytes: Int, fromClient: Bool) {
    if fromClient { passage?.passed(bytesIn: bytes) } else { passage?.passed(bytesOut: bytes) }
  }

  /// Both connections are closed.
  func tunnelEnded() {
    guard case .passing = phase else { return }
    phase = .over
    passage?.finish()
    passage = nil
  }
}
