import AppModel
import CPlatform
import Glibc

/// A runner's process and what belongs to it.
struct LocalRunner {
  let instance: RunnerInstance
  let pid: Int32
  let pidfd: Int32
  /// The reading end of its standard output and error.
  let output: Int32
  let folder: String
  let limit: MemoryLimit
  /// nil when it could not be put into any.
  let groups: RunnerGroups?
  /// false: a predecessor started it, and how it ends is not told to us.
  let isChild: Bool
  var lines = LineSplitter()
  var token: UInt64 = 0

  var socket: String { Self.socket(in: folder) }

  static func socket(in folder: String) -> String { "\(folder)/socket" }

  /// Kills its process and whatever is in its group.
  ///
  /// A child's pid is its own until it is collected. A process that is not ours is stopped first, so that it cannot end, and
  /// its pid cannot change hands, before the group is killed.
  func killGroup() {
    guard isChild || platform_pidfd_signal(pidfd, SIGSTOP) == 0 else { return }
    kill(-pid, SIGKILL)
  }

  func closeFiles() {
    close(pidfd)
    close(output)
  }
}
