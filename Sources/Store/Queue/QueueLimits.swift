/// How much the queue's storage takes in, and keeps.
public struct QueueLimits: Sendable, Hashable {
  /// Writes that wait for the disk; a submit beyond it is refused at once. A commit takes all of them.
  public var writesMax = 16384
  /// Their bodies together: what a disk that stands still costs in memory.
  public var writeBytesMax = 256 << 20
  /// Reads that wait for a reader.
  public var readsMax = 4096
  /// A larger body lies in a file of its own: a row's would be copied through the log and back.
  public var rowBytesMax = 256 << 10

  public init() {}
}

/// How long requests that ended can be asked for. What is over any of the limits goes, oldest first.
public struct QueueRetention: Sendable, Hashable {
  /// After the end: a day is what a caller that polls may be away for.
  public var ageMax = Duration.seconds(24 * 3600)
  /// A result that its caller does not want kept goes so long after it was read first: an answer that was lost on its way
  /// can be asked for again.
  public var seenAgeMax = Duration.seconds(60)
  /// Results whose webhook could not be delivered, so that somebody can have it tried again.
  public var deadAgeMax = Duration.seconds(3 * 24 * 3600)
  public var countMax = 1_000_000
  public var bytesMax = 16 << 30

  public init() {}
}
