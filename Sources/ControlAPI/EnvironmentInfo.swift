/// An environment: apps of one never see those of another.
public struct EnvironmentInfo: Sendable, Hashable, Codable {
  public var name: String
  public var description: String?
  /// Seconds since 1970; nil for `main`, which is always there.
  public var createdAt: Double?
  public var apps: Int

  public init(name: String, description: String?, createdAt: Double?, apps: Int) {
    self.name = name
    self.description = description
    self.createdAt = createdAt
    self.apps = apps
  }
}

public struct EnvironmentList: Sendable, Hashable, Codable {
  public var environments: [EnvironmentInfo]

  public init(environments: [EnvironmentInfo]) { self.environments = environments }
}

/// `POST /v1/environments`
public struct EnvironmentCreation: Sendable, Hashable, Codable {
  public var name: String
  public var description: String?

  public init(name: String, description: String? = nil) {
    self.name = name
    self.description = description
  }
}
