/// How many requests of an app have no outcome.
public struct QueueSize: Sendable, Hashable {
  /// For a slot, or for another attempt.
  public var waiting = 0
  /// Runners have them.
  public var running = 0
  /// Those that wait, by the name of the user; empty: nobody had to say who they are.
  public var byUser: [String: Int] = [:]

  public init() {}
}
