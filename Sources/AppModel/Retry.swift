/// What made an attempt fail, as far as retrying it is concerned.
public enum RetryCondition: String, Sendable, Hashable, Codable, CaseIterable {
  case timeout
  case serverError = "server_error"
  case connectionError = "connection_error"
}

/// How often a queued request is tried again, by condition.
public struct RetryPolicy: Sendable, Hashable, Codable {
  /// Retries allowed where a condition has no entry of its own.
  public static let retriesDefault = 9

  /// Conditions with their own number of retries; 0 never retries.
  public var retries: [String: Int] = [:]

  public init() {}

  public func retries(for condition: RetryCondition) -> Int {
    retries[condition.rawValue] ?? Self.retriesDefault
  }
}
