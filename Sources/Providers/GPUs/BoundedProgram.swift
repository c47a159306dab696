import CPlatform
import Glibc

/// Runs a program for its output, within a time and a size.
struct BoundedProgram {
  let path: String
  let time: Duration
  /// Tables of a few lines are asked for.
  private static let outputMax = 64 * 1024
  /// A killed program that is not gone after this, in milliseconds, hangs in the kernel, and nobody waits for it.
  private static let farewell: Int32 = 500

  /// What it wrote to standard output.
  ///
  /// - Throws: `program-failed` when it cannot be run, ends with a status other than 0, says too much or takes too long.
  func output(of arguments: [String]) throws(ProviderFailure) -> String {
    var ends: [Int32] = [-1, -1]
    guard platform_pipe(&ends) == 0 else { throw failure("could not be run: no pipe") }
    defer { close(ends[0]) }
    let pid = try start(arguments, output: ends[1])
    let text: String
    do throws(ProviderFailure) {
      text = try read(ends[0])
    } catch {
      kill(-pid, SIGKILL)
      _ = collect(pid, within: Self.farewell)
      throw error
    }
    guard let status = collect(pid, within: Self.farewell) else {
      kill(-pid, SIGKILL)
      throw failure("closed its output and did not end")
    }
    guard status == 0 else { throw failure("failed (wait status \(status))") }
    return text
  }

  private func failure(_ what: String) -> ProviderFailure {
    ProviderFailure(code: "program-failed", message: "\(path) \(what)")
  }

  private func start(_ arguments: [String], output: Int32) throws(ProviderFailure) -> Int32 {
    defer { close(output) }
    return try spawn(arguments, output: output)
  }

  /// In a process group of its own, so that nothing of it stays when it has to be killed.
  private func spawn(_ arguments: [String], output: Int32) throws(ProviderFailure) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    platform_spawn_closing(&actions, 3)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var pid: Int32 = 0
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    let result = posix_spawn(&pid, path, &actions, &attributes, pointers, platform_environment())
    guard result == 0 else { throw failure("could not be run: \(String(cString: strerror(result)))") }
    return pid
  }

  private func read(_ fd: Int32) throws(ProviderFailure) -> String {
    let deadline = ContinuousClock.now + time
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw failure("did not answer within \(time)") }
      var waiting = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
      let milliseconds = min(left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000, 60_000)
      guard poll(&waiting, 1, Int32(milliseconds) + 1) > 0 else { continue }
      let count = Glibc.read(fd, &buffer, buffer.count)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      guard count > 0 else { continue }
      bytes += buffer[..<count]
      guard bytes.count <= Self.outputMax else { throw failure("printed more than \(Self.outputMax) bytes") }
    }
  }

  /// Its wait status; nil when it is not gone in time.
  private func collect(_ pid: Int32, within milliseconds: Int32) -> Int32? {
    let pidfd = platform_pidfd_open(pid)
    if pidfd >= 0 {
      defer { close(pidfd) }
      var waiting = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
      while poll(&waiting, 1, milliseconds) < 0 && errno == EINTR {}
    }
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) == pid ? status : nil
  }
}
