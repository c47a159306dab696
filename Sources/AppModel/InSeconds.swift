/// Stores a `Duration` and writes it as a number of seconds, so that JSON stays readable: `"keep_alive": 60`.
@propertyWrapper
public struct InSeconds: Sendable, Hashable, Codable {
  public var wrappedValue: Duration

  public init(wrappedValue: Duration) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws {
    let seconds = try decoder.singleValueContainer().decode(Double.self)
    // To the nanosecond, so that what was written compares equal to what is read; beyond that range nobody counts them.
    wrappedValue = abs(seconds) < 9e9 ? .nanoseconds(Int64((seconds * 1e9).rounded())) : .seconds(seconds)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.inSeconds)
  }
}

extension Duration {
  /// The whole duration as a number of seconds.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
