/// One file on its way into a bundle.
public struct BundleFile: Sendable, Hashable {
  /// Path within the bundle, with "/" and without "..".
  public var path: String
  /// Where the file lies now.
  public var source: String

  public init(path: String, source: String) {
    self.path = path
    self.source = source
  }
}
