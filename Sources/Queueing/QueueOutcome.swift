public import EngineCore
public import RunnerProtocol

/// How a queued request ended: written once, and never changed.
public struct QueueOutcome: Sendable, Hashable {
  /// The app's status, or the platform's: 499 for a request that was cancelled.
  public var status: Int
  /// fal's error type; empty where there is none.
  public var errorType: String
  public var headers: [RequestHead.Header]
  public var body: [UInt8]
  /// When the last attempt began; nil: none did.
  public var startedAt: Moment?
  public var endedAt: Moment
  /// The runner of the last attempt.
  public var runner: RunnerID?
  /// Attempts that began.
  public var attempts: Int
  /// What the script logged for this request, oldest first, bounded.
  public var logs: [LogRecord]

  public init(status: Int, errorType: String = "", headers: [RequestHead.Header] = [], body: [UInt8], endedAt: Moment) {
    self.status = status
    self.errorType = errorType
    self.headers = headers
    self.body = body
    self.endedAt = endedAt
    attempts = 0
    logs = []
  }

  public var isSuccess: Bool { (200..<300).contains(status) }
}
