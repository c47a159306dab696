import NIOCore
import NIOHTTP1
import RunnerProtocol

/// One health check on its way to a runner and back, outside of the slots.
final class HealthQuestion: ProxyDownstream, Passage, ExchangeClient {
  private let core: Core
  private let launch: LaunchSpec
  private let path: String
  /// nil once it was called.
  private var completion: ((HealthWatch.Answer) -> Void)?
  private var limit: Scheduled<Void>?
  /// Of a command app's program: where connections come from, and the exchange of bytes.
  private(set) var upstreams: UpstreamPool?
  private var session: ProxySession?
  /// Of a Lua app.
  private var exchange: Exchange?
  private weak var link: RunnerLink?
  private var status = 0

  init(launch: LaunchSpec, path: String, core: Core, completion: @escaping (HealthWatch.Answer) -> Void) {
    self.launch = launch
    self.path = path
    self.core = core
    self.completion = completion
  }

  private var name: String { "\(launch.healthMethod) \(path)" }

  // MARK: Asking

  /// Asks the program of a command app.
  func ask(over pool: UpstreamPool) {
    upstreams = pool
    var headers: HTTPHeaders = ["host": "127.0.0.1", "user-agent": "apolune-health"]
    if launch.healthMethod == "POST" { headers.add(name: "content-length", value: "0") }
    let head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: launch.healthMethod), uri: path, headers: headers)
    let request = ProxyRequest(head, path: path, requestID: core.nextRequestID())
    let session = ProxySession(request: request, downstream: self)
    self.session = session
    startLimit()
    session.begin(through: self)
    session.bodyCompleted()
  }

  /// Asks a Lua runner over its link.
  func ask(_ link: RunnerLink) {
    self.link = link
    let exchange = Exchange(requestID: core.nextRequestID(), desk: link.desk, client: self, waitMax: nil, trace: nil)
    self.exchange = exchange
    startLimit()
    // The runner ends it too, a little later: what is told is what was found out here.
    let seconds = min(launch.healthTimeoutSeconds + 1, 1e6)
    link.check(
      exchange,
      head: RequestHead(
        requestID: exchange.requestID, method: launch.healthMethod, path: path, timeLimit: UInt32(seconds * 1000)))
  }

  private func startLimit() {
    let time = TimeAmount.nanoseconds(Duration.seconds(launch.healthTimeoutSeconds).nanoseconds)
    limit = core.loop.scheduleTask(in: time) { [weak self] in
      guard let self else { return }
      let answer = HealthWatch.Answer.problem("\(name) did not answer within \(launch.healthTimeoutSeconds.plain) s")
      let completion = take()
      withdraw()
      completion?(answer)
    }
  }

  /// Whether a Lua runner still works on it, perhaps long after it was given up here.
  var isOpen: Bool { exchange.flatMap { link?.hasOpen($0) } ?? false }

  /// Whether its answer is still to come.
  var isAwaited: Bool { completion != nil }

  /// Nobody wants the answer any more.
  func abandon() {
    _ = take()
    withdraw()
  }

  private func withdraw() {
    session?.clientLeft()
    session = nil
    guard let exchange, let link else { return }
    link.cancel(exchange)
    exchange.clientLeft()
  }

  private func take() -> ((HealthWatch.Answer) -> Void)? {
    limit?.cancel()
    limit = nil
    defer { completion = nil }
    return completion
  }

  private func answered() {
    let isWell = (200..<300).contains(status)
    session = nil
    take()?(isWell ? .well : .problem("\(name) answered \(status)"))
  }

  // MARK: Command apps

  var isDrained: Bool { true }

  func resumeReading() {}

  func proxyBegan(_ head: HTTPResponseHead) { status = Int(head.status.code) }

  /// Only the status counts.
  func proxyBody(_ bytes: ByteBuffer) {}

  func proxyEnded() { answered() }

  func proxyFailed(_ fault: Fault) {
    session = nil
    take()?(.problem(fault == .upstreamRefused ? "\(name) got no connection" : "\(name) got no whole answer"))
  }

  func finish() {}

  func clientLeft() {}

  func fail(_ fault: Fault) { session?.failed(fault) }

  // MARK: Lua apps

  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink) {}

  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart) {
    switch part {
    case .whole(let head, _), .abort(let head, _):
      status = Int(head.status)
      answered()
    case .head(let head): status = Int(head.status)
    case .reply, .handled: break
    case .chunk(let data): link?.grant(exchange, bytes: data.readableBytes)
    case .end: answered()
    }
  }

  func exchangeFailed(_ exchange: Exchange, _ fault: Fault) { take()?(.problem("\(name): \(fault.detail)")) }
}

extension Double {
  /// `5` for 5.0, `0.5` for 0.5.
  fileprivate var plain: String { Int(exactly: self).map(String.init) ?? String(self) }
}
