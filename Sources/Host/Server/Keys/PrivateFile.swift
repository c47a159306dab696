import Glibc
import Platform

/// Files that hold a secret in one line.
enum PrivateFile {
  /// Puts the line in place in one step, readable by this user alone from its first byte on.
  static func write(_ line: String, to path: String) throws(SystemError) {
    let fresh = path + ".new"
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemError("open \(fresh)") }
    let line = Array((line + "\n").utf8)
    let written = Glibc.write(file, line, line.count)
    let isSynced = fsync(file) == 0
    close(file)
    guard written == line.count, isSynced, rename(fresh, path) == 0 else {
      let error = SystemError("write \(path)")
      unlink(fresh)
      throw error
    }
  }
}
