import CPlatform
import Dispatch
import Glibc
import Synchronization
import Platform

/// Runs a program to its end, with bounds on its time and on what it prints. It never outlives the call.
struct BoundedProcess: Sendable {
  enum Ending: Sendable, Hashable {
    case exit(Int32)
    case signal(Int32)
    /// Killed when its time was over.
    case timeOver
    /// Killed when it had printed more than it may.
    case tooMuchOutput
    /// Killed since nobody wanted it any more.
    case cancelled
  }

  struct Result: Sendable, Hashable {
    var ending: Ending
    var output: [UInt8]
    /// The first bytes of its standard error.
    var errors: [UInt8]
  }

  /// Bytes of standard error that are kept.
  static let errorsMax = 64 * 1024

  var executable: String
  var arguments: [String]
  var timeMax: Duration
  /// Bytes of standard output.
  var outputMax: Int

  /// Throws only when the program cannot be started. Cancelling the task kills it.
  func run() async throws(SystemError) -> Result {
    let child = try Child(executable: executable, arguments: arguments)
    let deadline = DispatchWorkItem { child.kill(because: .timeOver) }
    DispatchQueue.global().asyncAfter(deadline: .now() + timeMax.inDispatchTime, execute: deadline)
    defer { deadline.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let started = OwnThread.start { [outputMax] in continuation.resume(returning: child.finish(outputMax: outputMax)) }
        guard !started else { return }
        child.kill(because: .cancelled)
        continuation.resume(returning: child.finish(outputMax: 0))
      }
    } onCancel: {
      child.kill(because: .cancelled)
    }
  }
}

/// A running program. It is reaped in one place, under the lock that guards killing it, so that no other process that
/// got its number is ever hit.
private final class Child: Sendable {
  private struct State {
    var isReaped = false
    var killedBecause: BoundedProcess.Ending?
  }

  private let pid: pid_t
  private let output: Int32
  private let errors: Int32
  private let state = Mutex(State())

  init(executable: String, arguments: [String]) throws(SystemError) {
    let output = try Pipe()
    let errors: Pipe
    do {
      errors = try Pipe()
    } catch {
      output.closeBoth()
      throw error
    }
    defer {
      close(output.write)
      close(errors.write)
    }
    do {
      pid = try Self.spawn(executable, arguments, output: output.write, errors: errors.write)
    } catch {
      close(output.read)
      close(errors.read)
      throw error
    }
    self.output = output.read
    self.errors = errors.read
  }

  func kill(because ending: BoundedProcess.Ending) {
    state.withLock { state in
      guard !state.isReaped, state.killedBecause == nil else { return }
      state.killedBecause = ending
      Glibc.kill(pid, SIGKILL)
    }
  }

  /// Reads until both outputs end, then reaps. Called once. Blocks; the time limit of the caller ends it.
  func finish(outputMax: Int) -> BoundedProcess.Result {
    // Not left to `deinit`: the timer may hold this object for a while.
    defer {
      close(output)
      close(errors)
    }
    var read = (output: [UInt8](), errors: [UInt8]())
    var open = (output: true, errors: true)
    while open.output || open.errors {
      var waits = [
        pollfd(fd: open.output ? output : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: open.errors ? errors : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, -1) >= 0 || errno == EINTR else { break }
      if waits[0].revents != 0 { open.output = Self.take(output, into: &read.output, max: outputMax + 1) }
      if waits[1].revents != 0 { open.errors = Self.take(errors, into: &read.errors, max: BoundedProcess.errorsMax) }
      if read.output.count > outputMax { kill(because: .tooMuchOutput) }
    }
    return BoundedProcess.Result(ending: reap(), output: read.output, errors: read.errors)
  }

  /// Waits for the end without reaping, then reaps under the lock.
  private func reap() -> BoundedProcess.Ending {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return state.withLock { state in
      state.isReaped = true
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      if let reason = state.killedBecause { return reason }
      let signal = status & 0x7F
      return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }
  }

  /// False at the end of the stream. What is above `max` is read and thrown away.
  private static func take(_ descriptor: Int32, into bytes: inout [UInt8], max: Int) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(descriptor, &chunk, chunk.count)
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    bytes += chunk.prefix(min(count, max - bytes.count))
    return count > 0
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], output: Int32, errors: Int32
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    // A child that outlives this process must not hold its port.
    platform_spawn_closing(&actions, STDERR_FILENO + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this program ignores or blocks is no business of the child's.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, executable, &actions, &attributes, words, environ)
    guard status == 0 else { throw SystemError("posix_spawn", status) }
    return pid
  }
}

/// Both ends close when another program is started.
private struct Pipe {
  let read: Int32
  let write: Int32

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (read, write) = (ends[0], ends[1])
  }

  func closeBoth() {
    close(read)
    close(write)
  }
}

extension Duration {
  fileprivate var inDispatchTime: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
  }
}
