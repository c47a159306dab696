/// One message of a session, either way.
///
/// Wire: kind (`UInt8`) · the message (the rest).
public enum SessionMessage {
  public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// JSON.
    case text = 0
    /// MessagePack.
    case binary = 1
  }

  /// Bytes of a message from a client: room for an image, and little enough to be held for each socket.
  public static let bytesMax = 1_048_576
  /// Messages that a runner has of one session: enough that it never waits for the next one.
  public static let windowMax = 8
  /// Bytes of those together, unless it is one message alone.
  public static let windowBytesMax = 256 * 1024
}
