public import EngineCore

/// Where facts are written down before they take effect.
public protocol Journal: Sendable {
  /// Returns once the facts are safe. Facts that are not durable (`Fact.isDurable`) are not handed over.
  ///
  /// - Throws: when they cannot be written; then nothing of what they say has happened.
  func append(_ facts: [Fact]) throws
}

/// Keeps nothing: the apps of a host that removes all it made need no recovery.
public struct ForgetfulJournal: Journal {
  public init() {}

  public func append(_ facts: [Fact]) {}
}
