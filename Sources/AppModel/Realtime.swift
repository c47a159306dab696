/// How an endpoint talks with a client over a websocket, message by message.
public struct Realtime: Sendable, Hashable, Codable {
  /// A session without a message from its client ends after this time, unless the endpoint says otherwise.
  public static let sessionTimeoutStandard = Duration.seconds(600)
  /// What clients of fal may ask for.
  public static let bufferingRange = 1...60

  /// nil: the standard.
  public var sessionTimeout: InSeconds?
  /// Messages that wait at most; the oldest make room for newer ones. nil: as the client says; without that, none is dropped
  /// and the client is held back.
  public var maxBuffering: Int?

  public init(sessionTimeout: Duration? = nil, maxBuffering: Int? = nil) {
    self.sessionTimeout = sessionTimeout.map { InSeconds(wrappedValue: $0) }
    self.maxBuffering = maxBuffering
  }
}
