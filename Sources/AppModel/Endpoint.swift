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

  /// Set for an endpoint that is talked with over a websocket.
  public var realtime: Realtime?

  public init(path: String, stream: Bool, line: Int, example: String? = nil, realtime: Realtime? = nil) {
    self.path = path
    self.stream = stream
    self.line = line
    self.example = example
    self.realtime = realtime
  }
}
