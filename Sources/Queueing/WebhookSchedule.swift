public import EngineCore

/// When a webhook that was not taken is sent again, and when nobody tries any more.
public enum WebhookSchedule {
  /// fal's: ten over two hours.
  public static let attemptsMax = 10
  /// After the first attempt; doubled with each further one, so that all nine together are two hours.
  private static let firstDelay = 14.0

  /// - Parameters:
  ///   - attempts: made so far, the one that failed included.
  ///   - id: of the request.
  /// - Returns: nil: never.
  public static func next(after attempts: Int, id: String, failedAt now: Moment) -> Moment? {
    guard attempts < attemptsMax else { return nil }
    let step = firstDelay * Double(1 << max(attempts - 1, 0))
    // A tenth more or less: enough to spread what a server that was away for a moment missed.
    let jitter = 0.9 + 0.2 * Jitter.fraction(of: id, attempt: attempts)
    return now + .milliseconds(Int64(step * jitter * 1000))
  }
}
