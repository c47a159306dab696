import AppModel
import NIOCore
import NIOHTTP1
import RunnerProtocol

/// A request that comes from this process: collects its answer, up to a bound.
final class InProcessCall: ExchangeClient, ProxyDownstream {
  private let limit: Int
  private let head: RequestHead
  private let body: ByteBuffer
  private var answer: GatewayAnswer
  private var collected = 0
  /// nil once it was called.
  private var completion: ((GatewayAnswer) -> Void)?
  private var exchange: Exchange?
  private var session: ProxySession?

  init(head: RequestHead, body: ByteBuffer, limit: Int, completion: @escaping (GatewayAnswer) -> Void) {
    self.head = head
    self.body = body
    self.limit = limit
    self.completion = completion
    answer = GatewayAnswer(status: 0, requestID: head.requestID)
  }

  var bodyCount: Int { body.readableBytes }

  func begin(_ desk: AppDesk) {
    let exchange = Exchange(requestID: head.requestID, desk: desk, client: self, waitMax: nil, trace: trace(desk, "POST"))
    self.exchange = exchange
    desk.arrived(exchange)
  }

  func beginProxied(_ desk: AppDesk, _ request: ProxyRequest) {
    let session = ProxySession(request: request, downstream: self)
    self.session = session
    let exchange = Exchange(
      requestID: head.requestID, desk: desk, client: session, waitMax: nil, trace: trace(desk, request.head.method.rawValue))
    session.begin(exchange)
    if body.readableBytes > 0 { session.bodyArrived(body) }
    session.bodyCompleted()
  }

  private func trace(_ desk: AppDesk, _ method: String) -> RequestTrace {
    RequestTrace(host: head.path, of: desk.app, method: method, caller: Caller(id: head.callerID))
  }

  /// The caller does not wait any more.
  func cancel() {
    if let session { session.clientLeft() } else { exchange?.clientLeft() }
    fail(Fault(499, "client_cancelled", "The call was cancelled"))
  }

  func fail(_ fault: Fault) {
    // Events that were collected stay: the caller has seen as much of a stream as anybody would.
    answer = GatewayAnswer(fault, requestID: answer.requestID, events: answer.events)
    complete()
  }

  private func complete() {
    let completion = self.completion
    self.completion = nil
    exchange = nil
    session = nil
    completion?(answer)
  }

  private func take(_ head: AnswerHead) {
    answer.status = Int(head.status)
    answer.errorType = head.errorType
    answer.headers = head.headers
  }

  /// Whether there is room for these bytes too.
  private func collect(_ bytes: ByteBuffer) -> Bool {
    collected += bytes.readableBytes
    return collected <= limit
  }

  private func tooLarge() {
    if let session { session.clientLeft() } else { exchange?.clientLeft() }
    fail(.answerTooLarge)
  }

  // MARK: Lua apps

  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) { link.begin(exchange, head: head, body: body) }

  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {
    switch part {
    case .whole(let head, let body), .abort(let head, let body):
      take(head)
      answer.body = Array(body.readableBytesView)
      complete()
    case .head(let head):
      take(head)
      answer.events = []
    // Only sessions have these.
    case .reply, .handled: break
    case .chunk(let data):
      guard collect(data) else { return tooLarge() }
      answer.events?.append(Array(data.readableBytesView))
      guard case .running(_, let link) = exchange.phase else { return }
      link.grant(exchange, bytes: data.readableBytes)
    case .end: complete()
    }
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) { fail(fault) }

  // MARK: Command apps

  var isDrained: Bool { true }

  func resumeReading() {}

  func proxyBegan(_ head: HTTPResponseHead) {
    answer.status = Int(head.status.code)
    answer.headers = head.headers.filter { AnswerHeaderKind($0.name) == .passed }.map { .init($0.name, $0.value) }
  }

  func proxyBody(_ bytes: ByteBuffer) {
    guard collect(bytes) else { return tooLarge() }
    answer.body.append(contentsOf: bytes.readableBytesView)
  }

  func proxyEnded() { complete() }

  func proxyFailed(_ fault: Fault) { fail(fault) }
}
