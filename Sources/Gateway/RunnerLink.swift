import EngineCore
import FoundationEssentials
import NIOCore
import RunnerProtocol

/// The gateway's connection to one runner: multiplexes an app's exchanges onto it.
final class RunnerLink: FrameReceiver {
  /// One request on its way.
  private struct Stream {
    let exchange: Exchange
    /// The second in which it began; of a session, in which it began to deal with the oldest message.
    var began: Int
    /// Bytes of chunks that the runner may still send.
    var credit: Int
    var isStreaming = false
    /// The second in which it was cancelled.
    var cancelled: Int?
    /// A health check, whose limits are its own.
    var isCheck = false
    /// Messages of a session that are not dealt with; nil: it is none.
    var unhandled: Int?

    /// Whether time counts for it.
    var isTimed: Bool { !isCheck && unhandled != 0 }
  }

  let runner: RunnerID
  let revision: RevisionID
  let desk: AppDesk
  let launch: LaunchSpec
  private let events: @Sendable (RunnerLinkEvent) -> Void
  let core: Core
  /// Set by the desk, which alone knows places.
  var seat: SeatID?
  /// Connections to the program of a command app; nil until its port is known, and for Lua apps.
  private(set) var upstreams: UpstreamPool?
  private lazy var connection = FrameConnection(receiver: self, flushes: core.flushes)
  private var streams: [UInt32: Stream] = [:]
  private var streamLast: UInt32 = 0
  private var isClosed = false
  /// Whether the runner is still to be told to drain.
  private var isDrainDue = false
  /// Whether the connection is closed once no request needs it.
  private var isEnding = false
  /// From ready on, for an app that is asked for its health.
  private(set) var health: HealthMonitor?
  /// Whether it is being found out if its program takes connections.
  var isProbing = false
  var busy = BusyMeter()
  /// Whether it was told that the runner is to go.
  private var isGoing = false
  /// Words to a command app's program that callers have gone, and that it has not answered.
  var cancelsOpen = 0

  init(
    runner: RunnerID, revision: RevisionID, desk: AppDesk, launch: LaunchSpec, core: Core,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void
  ) {
    self.runner = runner
    self.revision = revision
    self.desk = desk
    self.launch = launch
    self.core = core
    self.events = events
  }

  var handler: FrameConnection { connection }

  // MARK: Requests

  /// Sends a request; its answer comes to the exchange.
  func begin(_ exchange: Exchange, head: RequestHead, body: ByteBuffer) {
    exchange.progress.bytesIn = body.readableBytes
    open(exchange, .request, head, body)
  }

  /// Opens a session.
  func beginSession(_ exchange: Exchange, head: RequestHead) {
    open(exchange, .session, head, nil)
    streams[exchange.stream]?.unhandled = 0
  }

  /// Sends a session's next message, which has its kind in front.
  func send(_ exchange: Exchange, message: ByteBuffer) {
    guard let unhandled = streams[exchange.stream]?.unhandled else { return }
    if unhandled == 0 { streams[exchange.stream]?.began = core.seconds }
    streams[exchange.stream]?.unhandled = unhandled + 1
    connection.send(.message, stream: exchange.stream, body: message)
  }

  /// Sends a health check, which has no slot.
  func check(_ exchange: Exchange, head: RequestHead) {
    open(exchange, .check, head, nil)
    streams[exchange.stream]?.isCheck = true
  }

  /// Whether the runner has not answered it yet.
  func hasOpen(_ exchange: Exchange) -> Bool { streams[exchange.stream]?.exchange === exchange }

  private func open(_ exchange: Exchange, _ kind: FrameKind, _ head: RequestHead, _ body: ByteBuffer?) {
    repeat { streamLast = streamLast == .max ? 1 : streamLast + 1 } while streams[streamLast] != nil
    exchange.stream = streamLast
    streams[streamLast] = Stream(exchange: exchange, began: core.seconds, credit: launch.streamCredit)
    connection.send(kind, stream: streamLast, body: body) { head.write(to: &$0) }
  }

  /// The caller has taken that many bytes of chunks: as many more may come.
  func grant(_ exchange: Exchange, bytes: Int) {
    guard streams[exchange.stream] != nil else { return }
    streams[exchange.stream]?.credit += bytes
    connection.send(.credit, stream: exchange.stream) { $0.append(integer: UInt32(clamping: bytes)) }
  }

  func cancel(_ exchange: Exchange) {
    guard let stream = streams[exchange.stream], stream.cancelled == nil else { return }
    streams[exchange.stream]?.cancelled = core.seconds
    connection.send(.cancel, stream: exchange.stream)
  }

  /// Tells the runner to finish and to exit. The runner of a command app does not see the requests that its program has,
  /// so it is told only when there are none any more. One that is still being connected to is told then.
  func drain() {
    isDrainDue = true
    stopChecks()
    tellToDrain()
  }

  private func tellToDrain() {
    guard isDrainDue, connection.isOpen, launch.role != .command || desk.inFlight(self) == 0 else { return }
    isDrainDue = false
    connection.send(.drain)
  }

  /// A slot came back.
  func exchangeEnded() {
    if isDrainDue { tellToDrain() }
    if isEnding { endWhenIdle() }
  }

  /// Closes the connection as soon as no request needs it.
  func endWhenIdle() {
    isEnding = true
    stopChecks()
    if desk.inFlight(self) == 0 { close() }
  }

  private func stopChecks() {
    health?.stop()
    health = nil
  }

  func close() {
    if connection.isOpen { connection.close() } else { closeOnce() }
  }

  /// Once a second: ends what takes too long. A runner that does not even confirm a cancel is stuck, and with it
  /// everything that it has, so that its connection is closed.
  func swept(at seconds: Int) {
    upstreams?.swept(at: seconds)
    let limit = Int(launch.requestTimeoutSeconds.rounded(.up)) + core.configuration.requestSlackSeconds
    var overdue: [Exchange] = []
    for stream in streams.values where !stream.isCheck {
      if let cancelled = stream.cancelled {
        guard seconds - cancelled <= core.configuration.cancelSeconds else { return close() }
      } else if stream.isTimed, seconds - stream.began > limit {
        overdue.append(stream.exchange)
      }
    }
    for exchange in overdue { exchange.timedOut() }
  }

  // MARK: Frames

  func connectionOpened() {
    // Detached before the connection was there.
    guard !isClosed else { return connection.close() }
    do {
      let json = try JSONEncoder().encode(launch)
      connection.send(.launch) { $0.append(contentsOf: json) }
      tellToDrain()
    } catch {
      failed(code: "launch-unwritable", "\(error)")
      close()
    }
  }

  func failed(code: String, _ message: String) { events(.failed(FailureReport(code: code, message: message))) }

  func frameArrived(_ header: FrameHeader, payload: ByteBuffer) throws {
    switch header.kind {
    case .answer, .head, .chunk, .end, .abort, .reply, .handled: try answerArrived(header, payload: payload)
    case .ready: becameReady(try JSONDecoder().decode(ReadyReport.self, from: Data(payload.readableBytesView)))
    case .failed:
      events(.failed(try JSONDecoder().decode(FailureReport.self, from: Data(payload.readableBytesView))))
    case .log:
      let record = try payload.read { reader throws(FrameError) in try LogRecord(from: &reader) }
      desk.queue?.logged(record, on: self)
      events(.log(record))
    case .draining:
      stopChecks()
      desk.runnerDraining(self)
      events(.draining)
      // It waits to hear that no more requests come.
      isDrainDue = true
      tellToDrain()
    case .launch, .request, .cancel, .credit, .drain, .evaluate, .hostAnswer, .interrupt, .check, .session, .message, .hostCall,
      .evaluated:
      throw FrameError.unexpected(header.kind)
    }
  }

  private func becameReady(_ report: ReadyReport) {
    if let port = report.port { upstreams = UpstreamPool(.port(port), idleMax: launch.maxMultiplexing, core: core) }
    events(.ready(report))
    desk.runnerReady(self)
    guard health == nil, !isClosed, !isDrainDue else { return }
    health = HealthMonitor(of: self, port: report.port, core: core) { [weak self] in self?.tellOnce(.unhealthy($0)) }
  }

  /// Says that the runner is to go, for the first reason that there is.
  func tellOnce(_ event: RunnerLinkEvent) {
    guard !isGoing, !isClosed else { return }
    isGoing = true
    events(event)
  }

  private func answerArrived(_ header: FrameHeader, payload: ByteBuffer) throws {
    guard let stream = streams[header.stream] else { throw FrameError.unexpected(header.kind) }
    let part: AnswerPart
    // How a runner confirms a cancel does not depend on how far the answer was.
    let isCancelled = stream.cancelled != nil
    switch header.kind {
    case .answer where !stream.isStreaming || isCancelled:
      let (head, body) = try payload.answer()
      part = .whole(head, body: body)
    case .head where !stream.isStreaming:
      streams[header.stream]?.isStreaming = true
      part = .head(try payload.answer().head)
    case .chunk where stream.isStreaming && stream.unhandled == nil,
      .reply where stream.isStreaming && stream.unhandled != nil:
      // A chunk may overdraw what is left, but none may follow it: memory stays bounded by credit and one chunk.
      guard stream.credit > 0 else { throw FrameError.unexpected(header.kind) }
      streams[header.stream]?.credit -= payload.readableBytes
      part = header.kind == .chunk ? .chunk(payload) : .reply(payload)
    case .handled where stream.unhandled ?? 0 > 0:
      streams[header.stream]?.unhandled? -= 1
      streams[header.stream]?.began = core.seconds
      part = .handled
    case .end where stream.isStreaming: part = .end
    case .abort where stream.isStreaming || isCancelled:
      let (head, body) = try payload.answer()
      part = .abort(head, body: body)
    case let kind: throw FrameError.unexpected(kind)
    }
    if part.isLast { streams[header.stream] = nil }
    stream.exchange.answered(part)
  }

  func connectionClosed(error: (any Error)?) {
    if let error = error as? FrameError { failed(code: "protocol-error", "the runner sent what is no frame: \(error)") }
    closeOnce()
  }

  func closeOnce() {
    guard !isClosed else { return }
    isClosed = true
    streams = [:]
    stopChecks()
    upstreams?.close()
    desk.runnerLost(self)
    events(.closed)
  }
}

extension ByteBuffer {
  /// Reads fields from the front of a payload.
  func read<Value>(_ body: (inout ByteReader) throws(FrameError) -> Value) throws -> Value {
    try withUnsafeReadableBytes { bytes in
      var reader = ByteReader(bytes)
      return try body(&reader)
    }
  }

  /// An answer's head and the body behind it.
  func answer() throws -> (head: AnswerHead, body: ByteBuffer) {
    var left = 0
    let head = try read { reader throws(FrameError) in
      let head = try AnswerHead(from: &reader)
      left = reader.remaining
      return head
    }
    var body = self
    body.moveReaderIndex(forwardBy: readableBytes - left)
    return (head, body)
  }
}
