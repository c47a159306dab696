import CPlatform
import Glibc
import Host
import Synchronization
import Platform

/// This very program once more, in a session of its own: it lives on when the command that started it and its terminal end.
final class DetachedProcess: Sendable {
  /// `POSIX_SPAWN_SETSID` of `spawn.h`, which Swift does not import.
  private static let ownSession: Int16 = 0x80

  private let pid: pid_t
  private let ended = Mutex<Int32?>(nil)

  /// Its output goes to the end of `log`, readable by this user alone.
  init(_ arguments: [String], log: String) throws(SystemError) {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw SystemError("open \(log)") }
    defer { close(output) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
    platform_spawn_closing(&actions, STDERR_FILENO + 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this command ignores or blocks is no business of the server's.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Self.ownSession)
    guard let program = realpath("/proc/self/exe", nil) else { throw SystemError("realpath") }
    defer { free(program) }
    let words: [UnsafeMutablePointer<CChar>?] = [strdup(program)] + arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, program, &actions, &attributes, words, environ)
    guard status == 0 else { throw SystemError("posix_spawn", status) }
    self.pid = pid
  }

  /// How it ended: its exit code, or 128 and the signal's number; nil while it lives.
  func exitCode() -> Int32? {
    ended.withLock { ended in
      if let ended { return ended }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
      let signal = status & 0x7F
      ended = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
      return ended
    }
  }
}
