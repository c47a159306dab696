/// A key as the server keeps it: everything but its secret.
public struct AccessKey: Sendable, Hashable {
  /// The part before the colon; not secret.
  public var id: String
  /// Name of the user whose key it is.
  public var user: String
  public var preset: KeyPreset
  public var description: String?
  /// Seconds since 1970.
  public var createdAt: Double
  /// Seconds since 1970, from which on it opens nothing; nil: it has no end.
  public var expiresAt: Double?
  /// Requests that it may have under way at once; nil: there is no limit.
  public var concurrencyMax: Int?
  /// What the secret is recognized by.
  public var digest: SecretDigest

  public init(
    id: String, user: String, preset: KeyPreset, description: String? = nil, createdAt: Double, expiresAt: Double? = nil,
    concurrencyMax: Int? = nil, digest: SecretDigest
  ) {
    self.id = id
    self.user = user
    self.preset = preset
    self.description = description
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.concurrencyMax = concurrencyMax
    self.digest = digest
  }

  public func may(_ permission: Permission) -> Bool { preset.permissions.contains(permission) }

  public func isValid(at now: Double) -> Bool { expiresAt.map { now < $0 } ?? true }
}
