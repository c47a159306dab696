/// Somebody who may have keys.
public struct UserInfo: Sendable, Hashable, Codable {
  public var name: String
  /// Seconds since 1970.
  public var createdAt: Double
  /// Number of keys.
  public var keys: Int

  public init(name: String, createdAt: Double, keys: Int) {
    self.name = name
    self.createdAt = createdAt
    self.keys = keys
  }
}

/// `GET /v1/users`
public struct UserList: Sendable, Hashable, Codable {
  public var users: [UserInfo]

  public init(users: [UserInfo]) { self.users = users }
}

/// `POST /v1/users`
public struct UserCreation: Sendable, Hashable, Codable {
  public var name: String

  public init(name: String) { self.name = name }
}
