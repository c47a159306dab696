/// Names one machine of a provider.
public struct NodeID: Sendable, Hashable {
  public var text: String

  public init(_ text: String) { self.text = text }
}

extension NodeID: CustomStringConvertible {
  public var description: String { text }
}

extension NodeID: Comparable {
  public static func < (left: NodeID, right: NodeID) -> Bool { left.text < right.text }
}

extension NodeID: Codable {
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
