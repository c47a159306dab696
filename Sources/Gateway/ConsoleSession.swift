import FoundationEssentials
import NIOCore
import RunnerProtocol

/// What a `ConsoleLink` does on the event loop.
final class ConsoleSession: FrameReceiver {
  /// Questions of the console that are being answered; a runner that asks more at once is ended.
  private static let hostCallsMax = 64

  private let launch: LaunchSpec
  private let core: Core
  private let events: @Sendable (RunnerLinkEvent) -> Void
  private let handler: @Sendable (HostCall) async -> HostAnswer
  /// Called once: nil when it is ready, or why it will never be.
  private var opened: ((GatewayError?) -> Void)?
  private var evaluations: [UInt32: (Result<Evaluation, GatewayError>) -> Void] = [:]
  private var streamLast: UInt32 = 0
  private var hostCalls = 0
  private var isClosed = false
  private lazy var connection = FrameConnection(receiver: self, flushes: core.flushes)

  init(
    launch: LaunchSpec, core: Core, events: @escaping @Sendable (RunnerLinkEvent) -> Void,
    handler: @escaping @Sendable (HostCall) async -> HostAnswer, opened: @escaping (GatewayError?) -> Void
  ) {
    self.launch = launch
    self.core = core
    self.events = events
    self.handler = handler
    self.opened = opened
  }

  func connect(to socket: String) {
    FrameConnection.connect(connection, to: socket, loop: core.loop) { reason in
      self.open(.unreachable(socket: socket, reason: reason))
      self.finish()
    }
  }

  func evaluate(_ source: String, _ done: @escaping (Result<Evaluation, GatewayError>) -> Void) -> UInt32 {
    guard !isClosed else {
      done(.failure(.closed))
      return 0
    }
    streamLast &+= 1
    evaluations[streamLast] = done
    connection.send(.evaluate, stream: streamLast) { $0.append(contentsOf: source.utf8) }
    return streamLast
  }

  func interrupt(_ stream: UInt32) {
    if evaluations[stream] != nil { connection.send(.interrupt, stream: stream) }
  }

  func interruptAll() {
    for stream in evaluations.keys { connection.send(.interrupt, stream: stream) }
  }

  func close() { connection.close() }

  private func open(_ error: GatewayError?) {
    let opened = self.opened
    self.opened = nil
    opened?(error)
  }

  private func finish() {
    guard !isClosed else { return }
    isClosed = true
    let waiting = evaluations
    evaluations = [:]
    for done in waiting.values { done(.failure(.closed)) }
    events(.closed)
  }

  // MARK: Frames

  func connectionOpened() {
    do {
      let json = try JSONEncoder().encode(launch)
      connection.send(.launch) { $0.append(contentsOf: json) }
    } catch {
      open(.launchFailed(FailureReport(code: "launch-unwritable", message: "\(error)")))
      connection.close()
    }
  }

  func frameArrived(_ header: FrameHeader, payload: ByteBuffer) throws {
    switch header.kind {
    case .ready:
      events(.ready(try JSONDecoder().decode(ReadyReport.self, from: Data(payload.readableBytesView))))
      open(nil)
    case .failed:
      let report = try JSONDecoder().decode(FailureReport.self, from: Data(payload.readableBytesView))
      events(.failed(report))
      open(.launchFailed(report))
    case .log: events(.log(try payload.read { reader throws(FrameError) in try LogRecord(from: &reader) }))
    case .draining: events(.draining)
    case .evaluated:
      let evaluation = try JSONDecoder().decode(Evaluation.self, from: Data(payload.readableBytesView))
      guard let done = evaluations.removeValue(forKey: header.stream) else { throw FrameError.unexpected(header.kind) }
      done(.success(evaluation))
    case .hostCall: try hostCallArrived(header, payload)
    case .launch, .request, .cancel, .credit, .drain, .evaluate, .hostAnswer, .interrupt, .check, .session, .message, .reply,
      .handled, .answer, .head, .chunk, .end,
      .abort:
      throw FrameError.unexpected(header.kind)
    }
  }

  private func hostCallArrived(_ header: FrameHeader, _ payload: ByteBuffer) throws {
    let call = try payload.read { reader throws(FrameError) in try HostCall(from: &reader) }
    guard hostCalls < Self.hostCallsMax else { throw FrameError.unexpected(header.kind) }
    hostCalls += 1
    let loop = core.loop.nonisolated()
    let bound = NIOLoopBound(self, eventLoop: loop)
    Task { [handler] in
      let answer = await handler(call)
      loop.execute { bound.value.answer(answer, stream: header.stream) }
    }
  }

  private func answer(_ answer: HostAnswer, stream: UInt32) {
    hostCalls -= 1
    connection.send(.hostAnswer, stream: stream) { answer.write(to: &$0) }
  }

  func connectionClosed(error: (any Error)?) {
    open(.closed)
    finish()
  }
}
