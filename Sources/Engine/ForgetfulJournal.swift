public import EngineCore

/// Keeps nothing: the apps of a host that removes all it made need no recovery.
public struct ForgetfulJournal: Journal {
  public init() {}

  public func append(_ facts: [Fact]) {}
}
