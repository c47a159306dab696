public import AppModel

/// How a new revision takes over.
public struct DeployOptions: Sendable, Hashable {
  public var strategy: Strategy
  /// Starts a runner now, and waits for it, under `recreate` too. Under `rolling` that is always so.
  public var warm: Bool

  public init(strategy: Strategy, warm: Bool = false) {
    self.strategy = strategy
    self.warm = warm
  }
}
