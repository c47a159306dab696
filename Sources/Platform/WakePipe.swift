import Glibc

/// Wakes a thread that waits in `poll`: any thread may ring, the waiting one listens.
public final class WakePipe: Sendable {
  /// The end to poll for reading.
  public let readEnd: Int32
  private let writeEnd: Int32

  /// Throws the `errno` of the system when it gives no descriptors.
  public init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError("pipe") }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Wakes the waiting thread. A full pipe already does, so a failed write means nothing.
  public func ring() {
    var byte: UInt8 = 1
    _ = write(writeEnd, &byte, 1)
  }

  /// Takes back every ring so far.
  public func drain() {
    var bytes: (UInt64, UInt64) = (0, 0)
    while read(readEnd, &bytes, 16) == 16 {}
  }
}
