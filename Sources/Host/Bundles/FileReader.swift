import Glibc
public import Platform

/// Reads a file piece by piece. Closed when it goes away.
public final class FileReader {
  private let descriptor: Int32

  public init(path: String) throws(SystemError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw SystemError("open") }
  }

  deinit { close(descriptor) }

  /// At most `count` bytes; none at the end.
  public func read(_ count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var got = -1
      repeat { got = Glibc.read(descriptor, buffer.baseAddress, count) } while got < 0 && errno == EINTR
      if got < 0 { failure = SystemError("read") }
      filled = max(0, got)
    }
    if let failure { throw failure }
    return piece
  }

  /// Whether its owner may execute it.
  var isExecutable: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IXUSR != 0
  }
}
