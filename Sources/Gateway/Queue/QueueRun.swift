import EngineCore
import NIOCore
import NIOHTTP1
import Queueing
import RunnerProtocol

/// One attempt at a queued request: has a slot from the beginning, and collects the answer.
final class QueueRun: ExchangeClient, ProxyDownstream {
  /// Bytes of an answer that are kept; a longer one is an error of the app. Each lies in memory until it is written down.
  private static let answerMax = 128 * 1_048_576
  /// Log lines of one request that are kept, and their bytes; the first ones, which tell how it began.
  private static let logLinesMax = 1_000
  private static let logBytesMax = 256 * 1024

  let row: Backlog.Row
  let startedAt = Moment.now
  /// Among those of the caller's key, where that has a limit; the exchange gets it.
  let place: KeyPlace?
  private(set) var logs: [LogRecord] = []
  private(set) var runner: RunnerID?
  private var logBytes = 0
  private unowned let queue: AppQueue
  private var exchange: Exchange?
  private var session: ProxySession?
  private var head = AnswerHead(status: 0)
  private var body: [UInt8] = []
  private var isOver = false

  var id: String { row.request.id }

  init(_ row: Backlog.Row, of queue: AppQueue, place: KeyPlace?) {
    self.row = row
    self.place = place
    self.queue = queue
  }

  /// Whether it is kept.
  func logged(_ record: LogRecord) -> Bool {
    guard logs.count < Self.logLinesMax, logBytes + record.message.utf8.count <= Self.logBytesMax else { return false }
    logBytes += record.message.utf8.count
    logs.append(record)
    return true
  }

  /// Nobody wants the answer any more. A Lua runner keeps its slot until it confirms.
  func cancel() {
    isOver = true
    leave()
  }

  private func leave() {
    let (session, exchange) = (self.session, self.exchange)
    self.session = nil
    self.exchange = nil
    if let session { session.clientLeft() } else { exchange?.clientLeft() }
  }

  func outcome(_ fault: Fault) -> QueueOutcome { complete(AppQueue.outcome(fault)) }

  private func complete(_ outcome: QueueOutcome) -> QueueOutcome {
    var outcome = outcome
    outcome.startedAt = startedAt
    outcome.runner = runner
    outcome.attempts = row.attempts
    outcome.logs = logs
    return outcome
  }

  private func end(_ outcome: QueueOutcome) {
    let needsRetry = exchange?.notes.needsRetry
    exchange = nil
    session = nil
    guard !isOver else { return }
    isOver = true
    queue.attemptEnded(self, complete(outcome), needsRetry: needsRetry)
  }

  private func end(_ head: AnswerHead, _ body: [UInt8]) {
    let headers = head.headers.filter { AnswerHeaderKind($0.name) == .passed }
    end(
      QueueOutcome(status: Int(head.status), errorType: head.errorType, headers: headers, body: body, endedAt: .now))
  }

  private func fail(_ fault: Fault) { end(AppQueue.outcome(fault)) }

  private func tooLarge() {
    let exchange = self.exchange
    leave()
    self.exchange = exchange
    fail(.answerTooLarge)
  }

  // MARK: Its slot

  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) {
    self.exchange = exchange
    runner = link.runner
    queue.attemptBegan(self, on: link.runner)
    queue.storage.body(of: id) { [self] result in
      // Meanwhile the runner may be lost, or the request cancelled.
      guard self.exchange === exchange, !isOver else { return }
      switch result {
      case .success(let body?): send(body, exchange, link)
      case .success(nil): exchange.fail(.queueUnreadable)
      case .failure:
        isOver = true
        leave()
        queue.attemptPostponed(self)
      }
    }
  }

  private func send(_ body: ByteBuffer, _ exchange: Exchange, _ link: RunnerLink) {
    let request = row.request
    guard case .command? = exchange.desk.route?.definition.program else {
      let parts = request.path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      let head = RequestHead(
        requestID: id, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
        callerID: request.caller.id, headers: request.headers)
      return link.begin(exchange, head: head, body: body)
    }
    var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "host", value: "127.0.0.1")
    headers.replaceOrAdd(name: "content-length", value: "\(body.readableBytes)")
    let original = HTTPRequestHead(version: .http1_1, method: .POST, uri: request.path, headers: headers)
    let proxied = ProxyRequest(
      original, path: request.path, requestID: id, caller: request.caller, passesAuthorization: false)
    let session = ProxySession(request: proxied, downstream: self)
    self.session = session
    session.begin(exchange, on: link)
    if body.readableBytes > 0 { session.bodyArrived(body) }
    session.bodyCompleted()
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) {
    if let session { session.failed(fault) } else { fail(fault) }
  }

  // MARK: Lua apps

  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {
    switch part {
    case .whole(let head, let body), .abort(let head, let body):
      guard body.readableBytes <= Self.answerMax else { return fail(.answerTooLarge) }
      end(head, Array(body.readableBytesView))
    case .head(let head): self.head = head
    // Only sessions have these.
    case .reply, .handled: break
    case .chunk(let data):
      // The last event of a stream is its result.
      guard data.readableBytes <= Self.answerMax else { return tooLarge() }
      body = Array(data.readableBytesView)
      guard case .running(_, let link) = exchange.phase else { return }
      link.grant(exchange, bytes: data.readableBytes)
    case .end: end(head, body.isEmpty ? Array("null".utf8) : body)
    }
  }

  // MARK: Command apps

  var isDrained: Bool { true }

  func resumeReading() {}

  func proxyBegan(_ head: HTTPResponseHead) {
    self.head = AnswerHead(
      status: UInt16(head.status.code), headers: head.headers.map { .init($0.name, $0.value) })
  }

  func proxyBody(_ bytes: ByteBuffer) {
    guard !isOver else { return }
    guard body.count + bytes.readableBytes <= Self.answerMax else { return tooLarge() }
    body.append(contentsOf: bytes.readableBytesView)
  }

  func proxyEnded() { end(head, body) }

  func proxyFailed(_ fault: Fault) { fail(fault) }
}
