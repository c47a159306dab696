import NIOCore
import NIOHTTP1

/// Tells the program of a command app that the caller of a request has gone, as fal does: `POST {path}/cancel` with the
/// request's id. Nobody waits for its answer, and a program that knows no such path may say so.
final class ProgramCancel: ProxyDownstream, Passage {
  /// A program that takes longer than this to take note is not waited for.
  private static let limit = TimeAmount.seconds(5)

  let upstreams: UpstreamPool?
  private var session: ProxySession?
  private var timer: Scheduled<Void>?
  /// nil once it was called.
  private var completion: (() -> Void)?

  init(over pool: UpstreamPool, completion: @escaping () -> Void) {
    upstreams = pool
    self.completion = completion
  }

  func send(for request: ProxyRequest, on loop: NIOIsolatedEventLoop) {
    let path = Self.path(request.head.uri)
    let head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: path, headers: ["host": "127.0.0.1", "content-length": "0"])
    let session = ProxySession(request: ProxyRequest(head, path: path, requestID: request.requestID), downstream: self)
    self.session = session
    timer = loop.scheduleTask(in: Self.limit) { self.withdraw() }
    session.begin(through: self)
    session.bodyCompleted()
  }

  /// `/a/cancel` for `/a?x=1`, `/cancel` for `/`.
  static func path(_ uri: String) -> String {
    let path = uri.prefix { $0 != "?" }
    return path.hasSuffix("/") ? "\(path)cancel" : "\(path)/cancel"
  }

  private func withdraw() {
    session?.clientLeft()
    over()
  }

  private func over() {
    session = nil
    timer?.cancel()
    timer = nil
    let completion = self.completion
    self.completion = nil
    completion?()
  }

  // MARK: What comes back is of no interest

  var isDrained: Bool { true }

  func resumeReading() {}

  func proxyBegan(_ head: HTTPResponseHead) {}

  func proxyBody(_ bytes: ByteBuffer) {}

  func proxyEnded() { over() }

  func proxyFailed(_ fault: Fault) { over() }

  func finish() {}

  func clientLeft() {}

  func fail(_ fault: Fault) { session?.failed(fault) }
}

extension RunnerLink {
  /// The caller of a request that its program has is gone. As many programs can be told at once as have requests; who comes
  /// on top of that finds a program that does not listen.
  func tellProgram(cancelled request: ProxyRequest) {
    guard request.head.method == .POST, let upstreams, cancelsOpen < launch.maxMultiplexing else { return }
    cancelsOpen += 1
    ProgramCancel(over: upstreams) { [weak self] in self?.cancelsOpen -= 1 }.send(for: request, on: core.loop)
  }
}
