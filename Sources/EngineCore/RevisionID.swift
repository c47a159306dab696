/// Names one immutable revision of an app; unique among all revisions of a host.
public struct RevisionID: Sendable, Hashable {
  public var text: String

  public init(_ text: String) { self.text = text }
}

extension RevisionID: CustomStringConvertible {
  public var description: String { text }
}

extension RevisionID: Codable {
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
