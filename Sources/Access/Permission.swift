/// What a key allows.
public enum Permission: String, Sendable, Hashable, Codable, CaseIterable {
  /// Calling apps.
  case call
  /// Deploying, scaling, rolling back, deleting; runners and environments.
  case deploy
  /// Looking at apps, runners, logs and usage.
  case read
  /// Users and keys, and the server itself.
  case admin
}
