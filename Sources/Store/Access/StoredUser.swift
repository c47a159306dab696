public import EngineCore

/// Somebody who may have keys.
public struct StoredUser: Sendable, Hashable {
  public var name: String
  public var createdAt: Moment
  /// Number of keys.
  public var keys: Int

  public init(name: String, createdAt: Moment, keys: Int = 0) {
    self.name = name
    self.createdAt = createdAt
    self.keys = keys
  }
}
