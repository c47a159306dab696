/// Which files a revision is made of.
public struct BundleReference: Sendable, Hashable, Codable {
  /// SHA-256 over all paths and contents, in hex.
  public var hash: String
  /// The script's path within the bundle.
  public var script: String

  public init(hash: String, script: String) {
    self.hash = hash
    self.script = script
  }
}
