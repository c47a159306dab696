/// One path that an app answers.
public struct Endpoint: Sendable, Hashable, Codable {
  /// Starts with "/"; "/" is the default.
  public var path: String
  /// Whether the handler sends events as it goes.
  public var stream: Bool
  /// Where the handler is defined, 1-based.
  public var line: Int
  /// An input that it takes, as JSON.
  public var example: String?

  public init(path: String, stream: Bool, line: Int, example: String? = nil) {
    self.path = path
    self.stream = stream
    self.line = line
    self.example = example
  }
}
