import FoundationEssentials
import NIOCore
import NIOPosix
import RunnerProtocol
import Synchronization

/// A runner without Lua, in this process: listens on a Unix socket and answers by the request's path.
final class FakeRunner: Sendable {
  struct Seen: Sendable {
    var launch: LaunchSpec?
    var requests: [RequestHead] = []
    var cancelled = 0
    var drained = false
    var inFlight = 0
    var inFlightMax = 0
    /// Bytes of chunks that were sent.
    var streamed = 0
    var hostAnswers: [HostAnswer] = []
    var checks: [RequestHead] = []
    var connections = 0
    /// Of sessions.
    var messages: [String] = []
  }

  /// What it does besides answering.
  struct Habits: Sendable {
    /// Says `ready` at once after launch, else only when `becomeReady` is called.
    var readyAtOnce = true
    /// Says `draining` at launch.
    var isDraining = false
    /// Goes away once it is told to drain and has nothing left.
    var endsWhenDrained = false
    /// Of health checks; nil: they stay without an answer.
    var health: UInt16? = 200
  }

  let socket: String
  let folder: String
  let seen = Mutex(Seen())
  let habits: Mutex<Habits>
  let port: Int?
  private let server = Mutex<(any Channel)?>(nil)
  private let peer = Mutex<NIOLoopBound<FakeRunnerConnection>?>(nil)

  init(_ habits: Habits = Habits(), port: Int? = nil) async throws {
    self.habits = Mutex(habits)
    self.port = port
    folder = "/tmp/apolune-gateway-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    socket = folder + "/socket"
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = FakeRunnerConnection(self)
          self.peer.withLock { $0 = NIOLoopBound(connection, eventLoop: channel.eventLoop) }
          try channel.pipeline.syncOperations.addHandler(connection)
        }
      }
      .bind(unixDomainSocketPath: socket).get()
    server.withLock { $0 = channel }
  }

  func becomeReady() { onConnection { $0.ready() } }

  /// As if it had been killed.
  func die() {
    server.withLock { $0 }?.close(promise: nil)
    onConnection { $0.close() }
  }

  func remove() async throws {
    die()
    try await until("the server has taken its socket away") { !FileManager.default.fileExists(atPath: socket) }
    try FileManager.default.removeItem(atPath: folder)
  }

  func onConnection(_ body: @escaping @Sendable (FakeRunnerConnection) -> Void) {
    guard let peer = peer.withLock({ $0 }) else { return }
    peer.eventLoop.execute { body(peer.value) }
  }
}

/// The fake runner's end of its connection.
final class FakeRunnerConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let runner: FakeRunner
  private var context: ChannelHandlerContext?
  private var decoder = FrameDecoder()
  private var open: [UInt32: RequestHead] = [:]
  /// Chunks that are still to be sent, and the credit for them.
  private var isDraining = false
  private var streams: [UInt32: (chunks: [[UInt8]], credit: Int)] = [:]

  init(_ runner: FakeRunner) { self.runner = runner }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    runner.seen.withLock { $0.connections += 1 }
  }

  /// What its host had in flight is dropped, as a real runner does.
  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    let dropped = open.count
    runner.seen.withLock { $0.inFlight -= dropped }
    open = [:]
    streams = [:]
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unwrapInboundIn(data).withUnsafeReadableBytes { decoder.append($0) }
    do {
      while try decoder.next({ try arrived($0, Array($1)) }) {}
    } catch {
      context.close(promise: nil)
    }
    context.flush()
  }

  func close() { context?.close(promise: nil) }

  /// Sends these bytes, whatever they are.
  func say(_ bytes: [UInt8]) { context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil) }

  func ready() {
    send(.ready, flush: true) {
      $0 += (try? JSONEncoder().encode(ReadyReport(pid: 1, port: self.runner.port, startMilliseconds: 0))) ?? Data()
    }
  }

  func send(
    _ kind: FrameKind, stream: UInt32 = 0, flush: Bool = false, _ payload: (inout [UInt8]) -> Void = { _ in }
  ) {
    var bytes: [UInt8] = []
    bytes.append(frame: kind, stream: stream, payload: payload)
    context?.write(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    if flush { context?.flush() }
  }

  private func arrived(_ header: FrameHeader, _ payload: [UInt8]) throws {
    switch header.kind {
    case .launch:
      let launch = try JSONDecoder().decode(LaunchSpec.self, from: Data(payload))
      runner.seen.withLock { $0.launch = launch }
      let habits = runner.habits.withLock { $0 }
      if habits.isDraining { send(.draining) } else if habits.readyAtOnce { ready() }
    case .check:
      try payload.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        let head = try RequestHead(from: &reader)
        runner.seen.withLock { $0.checks.append(head) }
      }
      guard let status = runner.habits.withLock({ $0.health }) else { return }
      send(.answer, stream: header.stream) {
        AnswerHead(status: status).write(to: &$0)
        $0 += "{}".utf8
      }
    case .request:
      try payload.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        let head = try RequestHead(from: &reader)
        begin(header.stream, head, Array(reader.rest()))
      }
    case .session:
      try payload.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        sessionArrived(header.stream, try RequestHead(from: &reader))
      }
    case .message:
      guard let head = open[header.stream] else { return }
      messageArrived(header.stream, head, payload)
    case .cancel:
      runner.seen.withLock { $0.cancelled += 1 }
      guard let head = open[header.stream], head.path != "/stuck" else { return }
      streams[header.stream] = nil
      answer(header.stream, 499, "{}")
    case .credit:
      let credit = payload.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
      streams[header.stream]?.credit += credit
      pump(header.stream)
    case .drain:
      runner.seen.withLock { $0.drained = true }
      send(.draining)
      isDraining = true
      endIfDrained()
    case .evaluate: evaluate(header.stream, String(decoding: payload, as: UTF8.self))
    case .interrupt: evaluated(header.stream, Evaluation(.error, text: "interrupted"))
    case .hostAnswer:
      try payload.withUnsafeBytes { raw in
        var reader = ByteReader(raw)
        let answer = try HostAnswer(from: &reader)
        runner.seen.withLock { $0.hostAnswers.append(answer) }
        evaluated(1, Evaluation(.value, text: String(decoding: answer.payload, as: UTF8.self)))
      }
    case .ready, .failed, .log, .answer, .head, .chunk, .end, .abort, .hostCall, .evaluated, .draining, .reply, .handled:
      throw FrameError.unexpected(header.kind)
    }
  }

  func opened(_ stream: UInt32, _ head: RequestHead) {
    open[stream] = head
    runner.seen.withLock { seen in
      seen.requests.append(head)
      seen.inFlight += 1
      seen.inFlightMax = max(seen.inFlightMax, seen.inFlight)
    }
  }

  func later(_ body: @escaping (FakeRunnerConnection) -> Void) {
    context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { body(self) }
  }

  private func begin(_ stream: UInt32, _ head: RequestHead, _ body: [UInt8]) {
    opened(stream, head)
    guard !isDraining else { return answer(stream, 503, #"{"detail":"draining"}"#, errorType: "runner_draining") }
    let text = String(decoding: body, as: UTF8.self)
    switch head.path {
    case "/hold", "/stuck": break
    case "/late":
      context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(text) ?? 0)) {
        self.answer(stream, 200, "{}")
        self.context?.flush()
      }
    case "/die": close()
    case "/fail": answer(stream, 422, #"{"detail":"no"}"#, errorType: "bad_request")
    case "/headers":
      let pairs = head.headers.map { "\"\($0.name)\":\"\($0.value)\"" }
      answer(stream, 200, "{\(pairs.joined(separator: ","))}")
    case "/evil":
      answer(
        stream, 200, "{}",
        headers: [
          .init("x-good", "1"), .init("x-bad", "1\r\nx-injected: 1"), .init("x bad: ", "1"), .init("x-fal-stop-runner", "true"),
          .init("content-length", "99"),
        ])
    case "/big": answer(stream, 200, "\"" + String(repeating: "x", count: Int(text) ?? 0) + "\"")
    case "/stream": beginStream(stream, (0..<(Int(text) ?? 0)).map { Array("{\"n\":\($0)}".utf8) })
    case "/flood": beginStream(stream, Array(repeating: Array(repeating: 0x78, count: 10_000), count: Int(text) ?? 0))
    case "/cut":
      send(.head, stream: stream) { AnswerHead(status: 200).write(to: &$0) }
      send(.chunk, stream: stream) { $0 += Array("1".utf8) }
      finished(stream)
      send(.abort, stream: stream) {
        AnswerHead(status: 500).write(to: &$0)
        $0 += Array(#"{"detail":"broke"}"#.utf8)
      }
    case "/greedy":
      // More than it may: chunk after chunk without credit.
      send(.head, stream: stream) { AnswerHead(status: 200).write(to: &$0) }
      for _ in 0..<100 { send(.chunk, stream: stream) { $0 += Array(repeating: 0x78, count: 60_000) } }
    case "/nonsense": send(.evaluated, stream: stream) { $0 += Array("{}".utf8) }
    default: answer(stream, 200, text.isEmpty ? "{}" : text)
    }
  }

  func answer(
    _ stream: UInt32, _ status: UInt16, _ body: String, errorType: String = "", headers: [RequestHead.Header] = []
  ) {
    finished(stream)
    send(.answer, stream: stream) {
      AnswerHead(status: status, errorType: errorType, headers: headers).write(to: &$0)
      $0 += Array(body.utf8)
    }
  }

  func finished(_ stream: UInt32) {
    guard open.removeValue(forKey: stream) != nil else { return }
    runner.seen.withLock { $0.inFlight -= 1 }
    endIfDrained()
  }

  /// After the answer that is being written.
  private func endIfDrained() {
    guard isDraining, open.isEmpty, runner.habits.withLock({ $0.endsWhenDrained }) else { return }
    context?.eventLoop.assumeIsolated().execute { self.runner.die() }
  }

  private func beginStream(_ stream: UInt32, _ chunks: [[UInt8]]) {
    send(.head, stream: stream) { AnswerHead(status: 200).write(to: &$0) }
    streams[stream] = (chunks.reversed(), runner.seen.withLock { $0.launch?.streamCredit ?? 0 })
    pump(stream)
  }

  private func pump(_ stream: UInt32) {
    while let chunk = streams[stream]?.chunks.last, streams[stream]?.credit ?? 0 > 0 {
      streams[stream]?.chunks.removeLast()
      streams[stream]?.credit -= chunk.count
      runner.seen.withLock { $0.streamed += chunk.count }
      send(.chunk, stream: stream) { $0 += chunk }
    }
    guard streams[stream]?.chunks.isEmpty == true else { return }
    streams[stream] = nil
    finished(stream)
    send(.end, stream: stream)
  }

  private func evaluate(_ stream: UInt32, _ source: String) {
    switch source {
    case "loop": break
    case "ask": send(.hostCall, stream: 1) { HostCall(name: "runners", arguments: Array("[]".utf8)).write(to: &$0) }
    case "die": close()
    default: evaluated(stream, Evaluation(.value, text: source))
    }
  }

  private func evaluated(_ stream: UInt32, _ evaluation: Evaluation) {
    send(.evaluated, stream: stream) { $0 += (try? JSONEncoder().encode(evaluation)) ?? Data() }
  }
}
