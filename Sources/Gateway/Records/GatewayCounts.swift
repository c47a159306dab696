/// What is counted of all that comes to the gateway.
public struct GatewayCounts: Sendable {
  /// Connections that were taken, and those that were closed at once for want of room.
  public internal(set) var connections = 0
  public internal(set) var connectionsRefused = 0
  /// Requests that no app had, by the first digit of the platform's answer.
  public private(set) var platformAnswers = InlineArray<6, Int>(repeating: 0)

  mutating func answered(_ status: Int) { platformAnswers[(100..<600).contains(status) ? status / 100 : 5] += 1 }
}
