import Glibc
import Platform

/// Where a runner's standard output and error go: a named pipe in its folder.
///
/// The runner itself holds both ends and writes without waiting. So it neither dies nor stops while no host reads: 64 KB
/// wait for the next one, and what does not fit is lost. Only what the runner's process writes outside of the protocol comes
/// this way, the last words of a crash for one; the output of an app comes as log records.
enum OutputPipe {
  private static func path(in folder: String) -> String { "\(folder)/output" }

  static func make(in folder: String) throws(SystemError) -> (reading: Int32, writing: Int32) {
    let path = path(in: folder)
    guard mkfifo(path, 0o600) == 0 else { throw SystemError("cannot make \(path)") }
    let reading = try open(in: folder)
    let writing = Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard writing >= 0 else {
      let error = SystemError("cannot open \(path)")
      close(reading)
      throw error
    }
    return (reading, writing)
  }

  /// The end for the host that reads.
  static func open(in folder: String) throws(SystemError) -> Int32 {
    let path = path(in: folder)
    let fd = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
    guard fd >= 0 else { throw SystemError("cannot open \(path)") }
    var info = stat()
    guard fstat(fd, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else {
      close(fd)
      throw SystemError("\(path) is no pipe", EINVAL)
    }
    return fd
  }
}
