public import RunnerProtocol

/// What an app answered to a call made within the process.
public struct GatewayAnswer: Sendable, Hashable {
  /// An HTTP status; for a stream, the one of its head.
  public var status: Int
  /// fal's error type; empty for an app's own answer.
  public var errorType: String
  public var requestID: String
  public var headers: [RequestHead.Header]
  /// The body; for a stream, empty.
  public var body: [UInt8]
  /// The JSON of each event of a streamed answer; nil when it was not streamed.
  public var events: [[UInt8]]?

  public init(
    status: Int, errorType: String = "", requestID: String = "", headers: [RequestHead.Header] = [], body: [UInt8] = [],
    events: [[UInt8]]? = nil
  ) {
    self.status = status
    self.errorType = errorType
    self.requestID = requestID
    self.headers = headers
    self.body = body
    self.events = events
  }
}

extension GatewayAnswer {
  /// What a caller gets in place of an app's answer.
  init(_ fault: Fault, requestID: String, events: [[UInt8]]? = nil) {
    self.init(
      status: fault.status, errorType: fault.errorType ?? "", requestID: requestID, body: fault.json, events: events)
  }
}
