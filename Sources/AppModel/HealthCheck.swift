/// How a runner is asked whether it is well.
public struct HealthCheck: Sendable, Hashable, Codable {
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case get = "GET"
    case post = "POST"
  }

  public var path: String
  public var method: Method = .get
  /// Failures in this time after the start do not count.
  @InSeconds public var startPeriod: Duration = .seconds(30)
  /// One answer may take this long.
  @InSeconds public var timeout: Duration = .seconds(5)
  /// Consecutive failures after which the runner is replaced.
  public var failureThreshold: Int = 3
  /// Whether to go on asking after the runner is ready.
  public var callRegularly: Bool = true

  public init(path: String) { self.path = path }
}
