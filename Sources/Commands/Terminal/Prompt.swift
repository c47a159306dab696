/// What stands before the text that a person types.
public struct Prompt: Sendable, Hashable {
  /// Before the first line.
  public var first: Part
  /// Before each further line.
  public var next: Part

  /// Text with the columns it takes: escape sequences for colours take none.
  public struct Part: Sendable, Hashable {
    public var shown: String
    public var width: Int
  }

  public init(_ first: String, next: String, style: Style = .plain) {
    self.first = Part(shown: style.paint(first, .cyan), width: DisplayWidth.of(first))
    self.next = Part(shown: style.paint(next, .dim), width: DisplayWidth.of(next))
  }
}
