/// How much of what runners write is kept, in memory and on the disk.
public struct LogLimits: Sendable, Hashable {
  /// A runner has two files: one that grows, and the one before it.
  public var fileBytesMax: Int
  public var totalBytesMax: Int
  public var ageMax: Duration
  /// Lines of all runners that wait for the disk; what comes beyond is dropped and counted.
  public var pendingBytesMax: Int
  /// Lines of one runner that wait, so that one that shouts does not silence the others.
  public var runnerPendingBytesMax: Int

  public init(
    fileBytesMax: Int = 8 << 20, totalBytesMax: Int = 2 << 30, ageMax: Duration = .seconds(7 * 24 * 3600),
    pendingBytesMax: Int = 16 << 20, runnerPendingBytesMax: Int = 4 << 20
  ) {
    self.fileBytesMax = fileBytesMax
    self.totalBytesMax = totalBytesMax
    self.ageMax = ageMax
    self.pendingBytesMax = pendingBytesMax
    self.runnerPendingBytesMax = runnerPendingBytesMax
  }
}
