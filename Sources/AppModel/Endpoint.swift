/// One path that an app answers.
public struct Endpoint: Sendable, Hashable, Codable {
  /// Starts with "/"; "/" is the default.
  public var path: String
  /// Whether the handler sends events as it goes.
  public var stream: Bool
  /// Where the handler is defined, 1-based.
  public var line: Int

  public init(path: String, stream: Bool, line: Int) {
    self.path = path
    self.stream = stream
    self.line = line
  }
}
