public import AppModel

/// A stretch of source: where it starts, and how many bytes it has.
public struct SourceMark: Sendable, Hashable, Codable {
  public var position: SourcePosition
  /// 0 where only the line is known.
  public var length: Int

  public init(_ position: SourcePosition, length: Int) {
    self.position = position
    self.length = length
  }
}
