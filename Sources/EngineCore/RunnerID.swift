/// Names one runner for its whole life; unique among all runners of a host, also those that ended.
public struct RunnerID: Sendable, Hashable {
  public var text: String

  public init(_ text: String) { self.text = text }
}

extension RunnerID: CustomStringConvertible {
  public var description: String { text }
}

extension RunnerID: Codable {
  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
