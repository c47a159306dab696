/// How large a bundle may be.
public struct BundleLimits: Sendable, Hashable {
  public var filesMax: Int
  /// Of all files together.
  public var bytesMax: Int

  public init(filesMax: Int = 10_000, bytesMax: Int = 512 << 20) {
    self.filesMax = filesMax
    self.bytesMax = bytesMax
  }
}
