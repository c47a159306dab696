public import AppModel

/// How a deploy is carried out.
public struct DeployOptions: Sendable, Hashable, Codable {
  public var strategy: Strategy
  /// Starts a runner at once, and waits for it, under `recreate` too; under `rolling` that is always so.
  public var warm: Bool
  /// The settings come from the new revision, and not from what the app has now.
  public var resetsScaling: Bool

  public init(strategy: Strategy, warm: Bool = false, resetsScaling: Bool = false) {
    self.strategy = strategy
    self.warm = warm
    self.resetsScaling = resetsScaling
  }
}
