/// Something that exists below a script's folder.
public struct BundleEntry: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case file
    /// A link to something outside the folder.
    case linkOutside
    /// A link to a folder, which could lead in a circle.
    case linkToFolder
    /// A socket, a device, a pipe.
    case special
  }

  /// Relative to the script's folder, with `/` between its parts.
  public var path: String
  public var kind: Kind
  /// Bytes.
  public var size: Int64

  public init(path: String, kind: Kind = .file, size: Int64) {
    self.path = path
    self.kind = kind
    self.size = size
  }
}
