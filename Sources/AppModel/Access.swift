/// Who may call an app, and who pays.
public enum Auth: String, Sendable, Hashable, Codable, CaseIterable {
  /// The owner's keys; the owner pays.
  case `private`
  /// Any user's key; the caller pays.
  case shared
  /// Anyone; the owner pays.
  case `public`
}

/// How an alias moves from one revision to the next.
public enum Strategy: String, Sendable, Hashable, Codable, CaseIterable {
  /// The alias switches at once; old runners drain.
  case recreate
  /// The alias switches when a runner of the new revision is ready, and stays if none becomes so.
  case rolling
}
