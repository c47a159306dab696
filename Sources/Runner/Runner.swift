import CPlatform
import Glibc
import Lua
import RunnerProtocol
import Platform

/// One runner: takes its host's connection, launches its role, and ends in order.
final class Runner {
  enum Phase {
    /// Until the `launch` frame. Becomes `starting`, or `finished` when nobody comes.
    case awaitingLaunch
    /// Until the role is ready. Becomes `serving`, `draining` or `finished` (it failed).
    case starting
    /// Takes work. Becomes `leaving`, `draining` or `finished` (its program ended).
    case serving(ReadyReport)
    /// Has told its host that it ends, and still takes what was on its way. Becomes `draining` when the host has heard of
    /// it, is gone, or does not answer; `finished` when its program ended.
    case leaving
    /// Finishes its work. Becomes `finished`.
    case draining
    /// Writes its last frames and exits. Final.
    case finished
  }

  /// Nobody connects to a runner that has just started: its host is gone.
  static let connectTimeout = Duration.seconds(5)
  /// A host that crashed is back in this time, or somebody has given up on it.
  static let hostAbsenceMax = Duration.seconds(600)
  /// A host that lives has heard in this time that the runner ends.
  static let leavingMax = Duration.seconds(1)
  /// Last frames are written within this time, or not at all.
  static let farewellMax = Duration.seconds(1)

  let loop: EventLoop
  private let signals: Signals
  private let listener: Listener
  private var link: HostLink?
  private var logBacklog = LogBacklog()
  private var absence: EventLoop.Timer?
  private var grace: EventLoop.Timer?
  private var startup: EventLoop.Timer?
  private var launchedAt: UInt64 = 0
  private(set) var phase = Phase.awaitingLaunch
  private(set) var spec: LaunchSpec?
  private var role: (any Role)?
  private var exitCode: Int32 = 0
  /// What the runner exits with when it ends in order.
  private var endCode = ExitCode.success

  /// Takes over `listening`, a socket that listens.
  init(listening: Int32) throws(SystemError) {
    loop = try EventLoop()
    signals = try Signals(loop: loop)
    listener = try Listener(fd: listening, loop: loop)
    listener.onConnection = { [unowned self] in accept($0) }
    signals.onTermination = { [unowned self] in terminate() }
    signals.onChild = { [unowned self] in collectChildren() }
    loop.hasWork = { [unowned self] in role?.hasWork ?? false }
    loop.work = { [unowned self] in role?.work() }
    absence = loop.after(Self.connectTimeout) { [unowned self] in finish(code: ExitCode.noHost) }
  }

  /// Runs until the runner ends; the process's exit code.
  func run() throws(SystemError) -> Int32 {
    try loop.run()
    return exitCode
  }

  // MARK: The host's connection

  private func accept(_ fd: Int32) {
    do {
      let link = try HostLink(fd: fd, loop: loop)
      link.onFrame = { [unowned self] header, payload in try receive(header, payload) }
      link.onClose = { [unowned self] error in closed(error) }
      self.link = link
      absence?.cancel()
      logBacklog.send(through: link)
    } catch {
      close(fd)
      listener.resume()
    }
  }

  private func closed(_ error: (any Error)?) {
    link = nil
    if let error { log(.error, "the host's connection was closed: \(error)") }
    switch phase {
    case .awaitingLaunch: absence = loop.after(Self.connectTimeout) { [unowned self] in finish(code: ExitCode.noHost) }
    case .leaving:
      role?.hostLost()
      drain()
    case .starting, .serving, .draining:
      if spec?.ephemeral == true { return finish(code: ExitCode.noHost) }
      role?.hostLost()
      absence = loop.after(Self.hostAbsenceMax) { [unowned self] in drain() }
    case .finished: return
    }
    listener.resume()
  }

  private func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws {
    switch header.kind {
    case .launch: try launch(payload)
    case .drain: drain()
    case .request, .check, .session, .message, .cancel, .credit, .evaluate, .hostAnswer, .interrupt:
      guard let role else { throw FrameError.unexpected(header.kind) }
      try role.receive(header, payload)
    case .ready, .failed, .log, .answer, .head, .chunk, .end, .abort, .hostCall, .evaluated, .draining, .reply, .handled:
      throw FrameError.unexpected(header.kind)
    }
  }

  private func launch(_ payload: UnsafeRawBufferPointer) throws {
    let spec = try LuaJSON.decode(LaunchSpec.self, from: Array(payload))
    switch phase {
    case .awaitingLaunch: try launch(spec)
    case .starting, .serving, .leaving, .draining, .finished:
      // A host that came back: it is told how far this runner is, and `ready` comes later if it is starting.
      guard spec.runnerID == self.spec?.runnerID else { throw LaunchError.otherRunner(spec.runnerID) }
      self.spec?.adopt(limitsOf: spec)
      role?.limitsChanged(spec)
      if case .serving(let report) = phase { try send(.ready, report) }
      switch phase {
      case .leaving, .draining: link?.send(.draining)
      case .awaitingLaunch, .starting, .serving, .finished: break
      }
    }
  }

  private func launch(_ spec: LaunchSpec) throws {
    self.spec = spec
    launchedAt = platform_now()
    phase = .starting
    if spec.ephemeral { listener.close() }
    let role = try makeRole(spec)
    self.role = role
    startup = loop.after(.seconds(spec.startupTimeoutSeconds)) { [unowned self] in startupIsOver(spec) }
    role.start()
  }

  private func startupIsOver(_ spec: LaunchSpec) {
    let problem = role?.startupProblem.map { ": \($0)" } ?? ""
    let message = "not ready after \(spec.startupTimeoutSeconds) s (startup_timeout)\(problem)"
    failed(FailureReport(code: "startup-timeout", message: message))
  }

  private func makeRole(_ spec: LaunchSpec) throws -> any Role {
    switch spec.role {
    case .endpoints: EndpointRole(spec: spec, runner: self)
    case .command: CommandRole(spec: spec, runner: self)
    case .console: ConsoleRole(spec: spec, runner: self)
    }
  }

  // MARK: What a role reports

  /// To be called before the first thing that may keep the loop busy for good: an ephemeral runner ends with its host all the
  /// same. But after a Lua state was made: its watchdog registers with the kernel (membarrier), which takes 10 ms once the
  /// process has a second thread.
  func startLifeline() throws(SystemError) {
    if spec?.ephemeral == true, let link { try link.startLifeline() }
  }

  func becameReady(port: Int? = nil) {
    guard case .starting = phase else { return }
    startup?.cancel()
    let elapsed = Double(platform_now() - launchedAt) / 1e6
    let report = ReadyReport(pid: getpid(), port: port, startMilliseconds: elapsed)
    phase = .serving(report)
    sendOrLog(.ready, report)
  }

  func failed(_ report: FailureReport) {
    switch phase {
    case .awaitingLaunch, .finished: return
    case .starting, .serving, .leaving, .draining:
      sendOrLog(.failed, report)
      finish(code: ExitCode.failed)
    }
  }

  func drained() { finish(code: endCode) }

  /// What kept the runner going has ended by itself; another runner is needed.
  func broke(_ message: String) {
    log(.error, message)
    finish(code: ExitCode.failed)
  }

  /// The runner goes on, but should be replaced: it gets no more requests, and its exit code asks for another.
  func retire(_ reason: String) {
    log(.error, reason)
    endCode = ExitCode.failed
    leave()
  }

  // MARK: Output

  var isCongested: Bool { link?.isCongested ?? false }

  /// Calls `body` when the host has taken what was sent, or is gone.
  func whenDrained(_ body: @escaping () -> Void) {
    guard let link else { return body() }
    link.whenDrained(body)
  }

  func send(_ kind: FrameKind, stream: UInt32 = 0, payload: (inout [UInt8]) throws -> Void) rethrows {
    try link?.send(kind, stream: stream, payload: payload)
  }

  func send(_ kind: FrameKind, stream: UInt32 = 0, _ value: some Encodable) throws {
    let json = try LuaJSON.encode(value)
    link?.send(kind, stream: stream) { $0.append(contentsOf: json) }
  }

  private func sendOrLog(_ kind: FrameKind, _ value: some Encodable) {
    do { try send(kind, value) } catch { log(.error, "a report could not be written: \(error)") }
  }

  /// Reports one line. Without a host, and when the host does not keep up, the oldest lines are dropped and counted.
  func log(_ level: LogRecord.Level, source: LogRecord.Source = .runner, request: String = "", _ message: String) {
    let record = LogRecord(
      nanoseconds: platform_wall_clock(), level: level, source: source, requestID: request, message: message)
    guard let link, !link.isCongested else {
      logBacklog.append(record)
      if let link, logBacklog.count == 1 { link.whenDrained { [weak self] in self?.sendLogBacklog() } }
      return
    }
    link.send(.log) { record.write(to: &$0) }
  }

  private func sendLogBacklog() {
    if let link { logBacklog.send(through: link) }
  }

  // MARK: The end

  private func terminate() {
    switch phase {
    case .awaitingLaunch: finish(code: ExitCode.success)
    case .starting, .serving, .leaving, .draining:
      role?.terminationRequested()
      leave()
      startGrace()
    case .finished: return
    }
  }

  /// The runner ends by its own choice: its host hears of it before the door is closed, so that no request that is on its
  /// way is lost.
  private func leave() {
    switch phase {
    case .serving where link != nil:
      phase = .leaving
      link?.send(.draining)
      loop.after(Self.leavingMax) { [unowned self] in drain() }
    case .awaitingLaunch, .starting, .serving: drain()
    case .leaving, .draining, .finished: return
    }
  }

  /// Takes no more requests, finishes those it has, and ends.
  private func drain() {
    switch phase {
    case .awaitingLaunch: finish(code: ExitCode.success)
    case .starting, .serving:
      startup?.cancel()
      link?.send(.draining)
      phase = .draining
      role?.drain()
    case .leaving:
      phase = .draining
      role?.drain()
    case .draining, .finished: return
    }
  }

  /// From now on the runner has its grace period to end. Requests in flight are bounded by their own time-out, so a drain
  /// starts it only when they are done; SIGTERM starts it at once.
  func startGrace() {
    guard grace == nil, let spec else { return }
    grace = loop.after(.seconds(spec.graceSeconds)) { [unowned self] in
      log(.warning, "the grace period of \(spec.graceSeconds) s is over: what still runs is ended")
      finish(code: ExitCode.graceOver)
    }
  }

  private func finish(code: Int32) {
    if case .finished = phase { return }
    phase = .finished
    exitCode = code
    listener.close()
    role?.stopNow()
    guard let link else { return loop.stop() }
    link.whenDrained { [unowned self] in loop.stop() }
    loop.after(Self.farewellMax) { [unowned self] in loop.stop() }
  }

  private func collectChildren() {
    role?.collectChildren()
  }
}
