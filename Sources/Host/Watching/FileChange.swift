/// Files that were saved, created, renamed or removed in one go.
public struct FileChange: Sendable, Hashable {
  /// The file that came first: what to name when one asks why.
  public var trigger: String
  /// Every file that changed until all was quiet, in order, without doubles.
  public var files: [String]

  public init(trigger: String, files: [String]) {
    self.trigger = trigger
    self.files = files
  }
}
