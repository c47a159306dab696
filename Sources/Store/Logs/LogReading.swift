import Glibc
import RunnerProtocol

/// The files of a runner, held open as they are now.
final class LogReading: Sendable {
  private let files: [(descriptor: Int32, size: Int)]

  init(_ path: LogPath) throws(StoreError) {
    var files: [(descriptor: Int32, size: Int)] = []
    for path in [path.current, path.previous] {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        if errno == ENOENT { continue }
        throw .posix(errno, "cannot be read", path)
      }
      var status = stat()
      fstat(descriptor, &status)
      files.append((descriptor, Int(status.st_size)))
    }
    self.files = files
  }

  deinit {
    for file in files { close(file.descriptor) }
  }

  /// Oldest first. Reads from the end, and no further than it has to.
  func records(_ query: LogQuery) throws(StoreError) -> [LogRecord] {
    let count = min(max(0, query.last), LogQuery.lastMax)
    guard count > 0 else { return [] }
    var newestFirst: [LogRecord] = []
    for file in files {
      var blocks = BackwardLines(file.descriptor, size: file.size)
      while let lines = blocks.next() {
        // A clock that was set back mixes times a little, but not by a whole block.
        var isAllBefore = !lines.isEmpty
        for line in lines {
          guard let record = LogLine.record(line) else { continue }
          if !query.isBefore(record) { isAllBefore = false }
          if query.matches(record) { newestFirst.append(record) }
          if newestFirst.count == count { return newestFirst.reversed() }
        }
        if isAllBefore, query.since != nil { return newestFirst.reversed() }
      }
    }
    return newestFirst.reversed()
  }
}
