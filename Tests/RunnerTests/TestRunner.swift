import Foundation
import Glibc
import Lua
import RunnerProtocol

/// A real `apolune-runner serve` with a bundle of its own, and the host's end of its socket.
final class TestRunner {
  enum Failure: Error, CustomStringConvertible {
    case cannotStart(Int32)
    case cannotConnect(Int32)
    case silent(waitingFor: String, logs: [String])
    case closed(waitingFor: String, logs: [String])
    case stillRunning

    var description: String {
      switch self {
      case .cannotStart(let code): "cannot start: \(code)"
      case .cannotConnect(let code): "cannot connect: \(code)"
      case .silent(let what, let logs): "nothing came while waiting for \(what); logs: \(logs)"
      case .closed(let what, let logs): "closed while waiting for \(what); logs: \(logs)"
      case .stillRunning: "the runner does not end"
      }
    }
  }

  struct Frame {
    var kind: FrameKind
    var stream: UInt32
    var payload: [UInt8]
    var text: String { String(decoding: payload, as: UTF8.self) }
  }

  struct Answer {
    var head: AnswerHead
    var body: String
    var status: Int { Int(head.status) }
  }

  static let patience = 30.0

  let folder: String
  let bundle: String
  private(set) var pid: pid_t = 0
  private(set) var socket: Int32 = -1
  private var decoder = FrameDecoder()
  private var pending: [Frame] = []
  private(set) var logs: [LogRecord] = []
  private var streams: UInt32 = 0
  private var ended: Int32?
  private let address: String

  /// Starts the process; `files` are those of the bundle, `environment` what it has besides the test's.
  init(_ files: [String: String] = [:], environment: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.path + "/runner-\(UUID().uuidString.prefix(8))"
    bundle = folder + "/bundle"
    address = folder + "/socket"
    try FileManager.default.createDirectory(atPath: bundle, withIntermediateDirectories: true)
    for (name, text) in files {
      let path = bundle + "/" + name
      let parent = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try text.write(toFile: path, atomically: false, encoding: .utf8)
    }
    let listening = try listen()
    defer { close(listening) }
    pid = try Self.spawn(["serve"], descriptor3: listening, environment: environment)
  }

  deinit {
    disconnect()
    if ended == nil {
      kill(-pid, SIGKILL)
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  static var executable: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (own as NSString).deletingLastPathComponent + "/apolune-runner"
  }

  static func spawn(
    _ arguments: [String], descriptor3: Int32, environment additions: [String: String] = [:]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, descriptor3, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var pid: pid_t = 0
    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment.merging(additions) { _, added in added }
    let lines = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for copy in words + lines { free(copy) } }
    let code = posix_spawn(&pid, executable, &actions, &attributes, words, lines)
    guard code == 0 else { throw Failure.cannotStart(code) }
    return pid
  }

  private func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var raw = sockaddr_un()
    raw.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &raw.sun_path) { $0.copyBytes(from: address.utf8) }
    return withUnsafePointer(to: &raw) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  private func listen() throws -> Int32 {
    let fd = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard withAddress({ bind(fd, $0, $1) }) == 0, Glibc.listen(fd, 8) == 0 else { throw Failure.cannotStart(errno) }
    return fd
  }

  func connect() throws {
    disconnect()
    decoder = FrameDecoder()
    pending = []
    // Each host counts for itself.
    streams = 0
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard withAddress({ Glibc.connect(socket, $0, $1) }) == 0 else { throw Failure.cannotConnect(errno) }
  }

  func disconnect() {
    if socket >= 0 { close(socket) }
    socket = -1
  }

  // MARK: Sending

  func send(bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ kind: FrameKind, stream: UInt32 = 0, _ payload: [UInt8] = []) {
    var bytes: [UInt8] = []
    bytes.append(frame: kind, stream: stream) { $0 += payload }
    send(bytes: bytes)
  }

  func spec(_ role: LaunchSpec.Role = .endpoints, _ change: (inout LaunchSpec) -> Void = { _ in }) -> LaunchSpec {
    var spec = LaunchSpec(role: role, bundle: bundle, script: "app.lua", app: "test", runnerID: "r1")
    spec.maxMultiplexing = 8
    spec.memoryMax = 64 << 20
    spec.startupTimeoutSeconds = 10
    spec.graceSeconds = 2
    change(&spec)
    return spec
  }

  func launch(_ role: LaunchSpec.Role = .endpoints, _ change: (inout LaunchSpec) -> Void = { _ in }) throws {
    try connect()
    send(.launch, try LuaJSON.encode(spec(role, change)))
  }

  /// Launches and waits for `ready`.
  @discardableResult
  func start(
    _ role: LaunchSpec.Role = .endpoints, _ change: (inout LaunchSpec) -> Void = { _ in }
  ) throws -> ReadyReport {
    try launch(role, change)
    return try ready()
  }

  func ready() throws -> ReadyReport { try LuaJSON.decode(ReadyReport.self, from: expect(.ready).payload) }

  func failure() throws -> FailureReport { try LuaJSON.decode(FailureReport.self, from: expect(.failed).payload) }

  /// Starts a request and gives its stream.
  func request(
    _ path: String = "/", _ body: String = "{}", id: String = "req-1", timeLimit: UInt32 = 0,
    headers: [RequestHead.Header] = [], query: String = "", as kind: FrameKind = .request
  ) -> UInt32 {
    streams += 1
    let head = RequestHead(
      requestID: id, path: path, query: query, callerID: "caller", timeLimit: timeLimit, headers: headers)
    var payload: [UInt8] = []
    head.write(to: &payload)
    send(kind, stream: streams, payload + Array(body.utf8))
    return streams
  }

  func call(_ path: String = "/", _ body: String = "{}", timeLimit: UInt32 = 0) throws -> Answer {
    try answer(request(path, body, timeLimit: timeLimit))
  }

  // MARK: Receiving

  /// The next frame that is no log record; those are collected in `logs`.
  func next(waitingFor what: String = "a frame", seconds: Double = TestRunner.patience) throws -> Frame {
    if !pending.isEmpty { return pending.removeFirst() }
    let deadline = Date().addingTimeInterval(seconds)
    while true {
      guard let frame = try nextRaw(waitingFor: what, until: deadline) else { continue }
      if frame.kind != .log { return frame }
    }
  }

  private func nextRaw(waitingFor what: String, until deadline: Date) throws -> Frame? {
    var frame: Frame?
    if try decoder.next({ frame = Frame(kind: $0.kind, stream: $0.stream, payload: Array($1)) }) {
      if let frame, frame.kind == .log {
        let record = try frame.payload.withUnsafeBytes {
          var reader = ByteReader($0)
          return try LogRecord(from: &reader)
        }
        logs.append(record)
      }
      return frame
    }
    var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    let left = deadline.timeIntervalSinceNow
    guard left > 0, poll(&watched, 1, Int32(left * 1000) + 1) > 0 else {
      throw Failure.silent(waitingFor: what, logs: logs.map(\.message))
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    guard count > 0 else { throw Failure.closed(waitingFor: what, logs: logs.map(\.message)) }
    buffer.withUnsafeBytes { decoder.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    return nil
  }

  /// The next frame of this kind (and stream); others are kept for later.
  func expect(_ kind: FrameKind, stream: UInt32? = nil, seconds: Double = TestRunner.patience) throws -> Frame {
    var kept: [Frame] = []
    defer { pending = kept + pending }
    while true {
      let frame = try next(waitingFor: "\(kind)", seconds: seconds)
      if frame.kind == kind, stream == nil || frame.stream == stream { return frame }
      kept.append(frame)
    }
  }

  func answer(_ stream: UInt32, _ kind: FrameKind = .answer) throws -> Answer {
    try Self.answer(of: expect(kind, stream: stream))
  }

  static func answer(of frame: Frame) throws -> Answer {
    try frame.payload.withUnsafeBytes {
      var reader = ByteReader($0)
      let head = try AnswerHead(from: &reader)
      return Answer(head: head, body: String(decoding: reader.rest(), as: UTF8.self))
    }
  }

  /// Waits for a log record whose message contains `text`.
  @discardableResult
  func log(containing text: String, seconds: Double = TestRunner.patience) throws -> LogRecord {
    let deadline = Date().addingTimeInterval(seconds)
    while true {
      if let record = logs.first(where: { $0.message.contains(text) }) { return record }
      if let frame = try nextRaw(waitingFor: "log '\(text)'", until: deadline), frame.kind != .log { pending.append(frame) }
    }
  }

  /// Waits until the runner has closed the connection.
  func expectClose() throws {
    do {
      while true { _ = try next(waitingFor: "the end") }
    } catch Failure.closed {
      return
    }
  }

  // MARK: The process

  func signal(_ number: Int32) { kill(pid, number) }

  /// The wait status of the runner's end.
  func waitForExit(seconds: Double = TestRunner.patience) throws -> ExitStatus {
    let deadline = Date().addingTimeInterval(seconds)
    var status: Int32 = 0
    while Date() < deadline {
      if let ended { return ExitStatus(ended) }
      if waitpid(pid, &status, WNOHANG) == pid { ended = status }
      usleep(2000)
    }
    throw Failure.stillRunning
  }
}

/// How a process ended.
enum ExitStatus: Equatable {
  case code(Int32)
  case signal(Int32)

  init(_ status: Int32) {
    self = status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
  }
}
