/// One file of a bundle: where it lies in it, and which content it has.
public struct BundleEntry: Sendable, Hashable, Codable {
  /// Relative, with "/", without "." and "..".
  public var path: String
  /// SHA-256 of the content, 64 lower-case hexadecimal digits.
  public var hash: String
  public var size: Int
  public var isExecutable: Bool

  public init(path: String, hash: String, size: Int, isExecutable: Bool = false) {
    self.path = path
    self.hash = hash
    self.size = size
    self.isExecutable = isExecutable
  }
}
