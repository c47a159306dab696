import AppModel
import Glibc

/// A runner's process and what belongs to it.
struct LocalRunner {
  let instance: RunnerInstance
  let pid: Int32
  let pidfd: Int32
  /// The reading end of its standard output and error.
  let output: Int32
  let folder: String
  /// nil when it could not be put into any.
  let groups: RunnerGroups?
  var lines = LineSplitter()
  var token: UInt64 = 0

  var socket: String { Self.socket(in: folder) }

  static func socket(in folder: String) -> String { "\(folder)/socket" }

  func closeFiles() {
    close(pidfd)
    close(output)
  }
}
