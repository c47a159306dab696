import CPlatform
import Glibc
import RunnerProtocol
import Platform

/// Supervises a program that serves HTTP on `$PORT`; requests reach it without passing through here.
final class CommandRole: Role {
  private enum State {
    /// Becomes `starting`, or ends in a failure.
    case idle
    /// Until its health check passes. Becomes `running`, `stopping`, or `ended`.
    case starting(ChildProcess, HealthProbe)
    /// Becomes `stopping` or `ended`.
    case running(ChildProcess)
    /// SIGTERM was sent. Becomes `ended`.
    case stopping(ChildProcess)
    /// Final.
    case ended
  }

  private let spec: LaunchSpec
  private unowned let runner: Runner
  private var state = State.idle
  private var pumps: [OutputPump] = []
  private var lastLines = LastLines()

  init(spec: LaunchSpec, runner: Runner) {
    self.spec = spec
    self.runner = runner
  }

  // MARK: Start

  func start() {
    do {
      try runner.startLifeline()
      _ = try SystemError.check("subreaper", platform_become_subreaper())
      let port = Int(try SystemError.check("port", platform_free_port()))
      let child = try startProgram(port: port)
      pumps = try [pump(child.output, source: .output), pump(child.errors, source: .errors)]
      let probe = HealthProbe(loop: runner.loop, port: port, method: spec.healthMethod, path: spec.healthPath) {
        [unowned self] in isHealthy(port: port)
      }
      state = .starting(child, probe)
      probe.start()
    } catch {
      runner.failed(failure(of: error))
    }
  }

  private func startProgram(port: Int) throws(SystemError) -> ChildProcess {
    var additions = spec.env
    additions.merge(spec.secrets) { _, secret in secret }
    additions["PORT"] = String(port)
    return try ChildProcess(spec.command, folder: spec.bundle, additions: additions)
  }

  private func failure(of error: SystemError) -> FailureReport {
    guard error.operation == spec.command.first ?? "" else {
      return FailureReport(code: "command-failed", message: "the command could not be started: \(error)")
    }
    if error.number == ENOENT {
      return FailureReport(
        code: "command-not-found",
        message: "command '\(error.operation)' was not found in PATH, or its interpreter was not")
    }
    return FailureReport(code: "command-failed", message: "command '\(error)'")
  }

  private func pump(_ fd: Int32, source: LogRecord.Source) throws(SystemError) -> OutputPump {
    let pump = try OutputPump(fd: fd, loop: runner.loop) { [unowned self] line in
      lastLines.append(line)
      runner.log(source == .errors ? .warning : .info, source: source, line)
    }
    pump.isCongested = { [unowned self] in runner.isCongested }
    pump.whenDrained = { [unowned self] in runner.whenDrained($0) }
    return pump
  }

  private func isHealthy(port: Int) {
    guard case .starting(let child, _) = state else { return }
    state = .running(child)
    runner.becameReady(port: port)
  }

  /// Why it is not ready yet, for the report when its time is over.
  var startupProblem: String? {
    guard case .starting(_, let probe) = state else { return nil }
    return probe.lastProblem
  }

  // MARK: End

  func collectChildren() {
    var status: Int32 = 0
    while true {
      let pid = platform_child_collect(&status)
      guard pid > 0 else { return }
      // Others are orphans of the program, which came to this process.
      if pid == child?.pid { ended(ChildEnd(status: status)) }
    }
  }

  private var child: ChildProcess? {
    switch state {
    case .idle, .ended: nil
    case .starting(let child, _), .running(let child), .stopping(let child): child
    }
  }

  private func ended(_ end: ChildEnd) {
    for pump in pumps { pump.finish() }
    pumps = []
    let previous = state
    state = .ended
    switch previous {
    case .idle, .ended: return
    case .starting(_, let probe):
      probe.stop()
      let output = lastLines.isEmpty ? "" : "; its last lines:\n\(lastLines.text)"
      runner.failed(
        FailureReport(code: "command-exited", message: "the command \(end) before it was ready\(output)"))
    case .running: runner.broke("the command \(end)")
    case .stopping: runner.drained()
    }
  }

  func drain() {
    switch state {
    case .idle, .ended: runner.drained()
    case .starting(let child, let probe):
      probe.stop()
      stop(child)
    case .running(let child): stop(child)
    case .stopping: return
    }
  }

  private func stop(_ child: ChildProcess) {
    state = .stopping(child)
    child.signal(SIGTERM)
    runner.startGrace()
  }

  /// Killed children hand their own ones to this process, so it takes a round for each generation.
  private static let generationsMax = 16

  func stopNow() {
    if case .starting(_, let probe) = state { probe.stop() }
    for pump in pumps { pump.finish() }
    pumps = []
    guard case .idle = state else { return killDescendants() }
  }

  private func killDescendants() {
    state = .ended
    for _ in 0..<Self.generationsMax {
      let killed = platform_children_kill()
      if killed == 0 { return }
      for _ in 0..<killed { waitpid(-1, nil, 0) }
    }
  }

  // MARK: What does not concern a command

  func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws {
    throw FrameError.unexpected(header.kind)
  }

  func limitsChanged(_ spec: LaunchSpec) {}
  func terminationRequested() {}
  func hostLost() {}
  var hasWork: Bool { false }
  func work() {}
}
