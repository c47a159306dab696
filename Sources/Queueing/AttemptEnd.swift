public import AppModel

/// How an attempt at a queued request ended, as far as another one depends on it.
public struct AttemptEnd: Sendable, Hashable {
  public var status: Int
  /// fal's error type; empty where the app answered.
  public var errorType: String
  /// `X-Fal-Needs-Retry` of the answer.
  public var needsRetry: Bool?

  public init(status: Int, errorType: String = "", needsRetry: Bool? = nil) {
    self.status = status
    self.errorType = errorType
    self.needsRetry = needsRetry
  }

  /// fal's: 503 and lost runners are tried again, and so is what took too long; an app's own 500 or 502 is its answer.
  public var condition: RetryCondition? {
    switch errorType {
    case "runner_disconnected", "runner_connection_timeout", "runner_connection_refused", "runner_connection_error",
      "runner_incomplete_response":
      .connectionError
    default:
      switch status {
      case 503: .serverError
      case 504: .timeout
      default: nil
      }
    }
  }
}

/// Whether and when a failed request is tried again.
public enum Retrying {
  /// In total, whatever anybody asks for; fal's.
  public static let attemptsMax = 10
  /// After the first attempt; doubled with each further one.
  private static let firstDelay = 0.5
  /// A runner that crashes is away for some 30 seconds: waiting longer than that gains little.
  private static let delayMax = 30.0

  /// - Parameters:
  ///   - attempts: that have begun, this one included.
  ///   - caller: what the caller said; nil: nothing.
  public static func isTriedAgain(_ end: AttemptEnd, attempts: Int, caller: RetryPolicy?, app: RetryPolicy) -> Bool {
    guard attempts < attemptsMax else { return false }
    if let needsRetry = end.needsRetry, end.status == 429 || (500..<600).contains(end.status) { return needsRetry }
    guard let condition = end.condition else { return false }
    return attempts <= (caller ?? app).retries(for: condition)
  }

  /// Between half and one and a half times the step, so that what failed together does not come back together. The same
  /// for the same request and attempt.
  public static func delay(id: String, attempts: Int) -> Duration {
    let step = Double(1 << min(max(attempts - 1, 0), 16)) * firstDelay
    let jitter = 0.5 + Jitter.fraction(of: id, attempt: attempts)
    return .milliseconds(Int64(min(step * jitter, delayMax) * 1000))
  }
}
