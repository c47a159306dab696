/// A key without its secret.
public struct KeyInfo: Sendable, Hashable, Codable {
  /// The part before the colon; not secret.
  public var id: String
  public var user: String
  /// `FULL`, `API`, `DEPLOY` or `READONLY`.
  public var preset: String
  public var description: String?
  /// Seconds since 1970.
  public var createdAt: Double
  /// Seconds since 1970; nil: it has no end.
  public var expiresAt: Double?
  /// Requests that it may have under way at once; nil: there is no limit.
  public var concurrency: Int?

  public init(id: String, user: String, preset: String, createdAt: Double) {
    self.id = id
    self.user = user
    self.preset = preset
    self.createdAt = createdAt
  }
}

/// `GET /v1/keys`
public struct KeyList: Sendable, Hashable, Codable {
  public var keys: [KeyInfo]

  public init(keys: [KeyInfo]) { self.keys = keys }
}

/// `POST /v1/keys`
public struct KeyCreation: Sendable, Hashable, Codable {
  /// nil: the caller.
  public var user: String?
  /// nil: `FULL`.
  public var preset: String?
  public var description: String?
  /// Seconds from now on; nil: it has no end.
  public var expiresIn: Double?
  public var concurrency: Int?

  public init() {}
}

/// The answer to `POST /v1/keys`: the only one that ever holds the secret.
public struct KeyCreated: Sendable, Hashable, Codable {
  /// `id:secret`, as `FAL_KEY` has it.
  public var key: String
  public var info: KeyInfo

  public init(key: String, info: KeyInfo) {
    self.key = key
    self.info = info
  }
}

/// `GET /v1/whoami`
public struct WhoAmI: Sendable, Hashable, Codable {
  public var user: String
  public var isOwner: Bool
  /// Whose the apps are that are named without an owner.
  public var serverOwner: String
  /// Of the key that asks.
  public var key: KeyInfo
  /// `admin`, `call`, `deploy`, `read`.
  public var permissions: [String]

  public init(user: String, serverOwner: String, key: KeyInfo, permissions: [String]) {
    self.user = user
    self.serverOwner = serverOwner
    isOwner = user == serverOwner
    self.key = key
    self.permissions = permissions
  }
}
