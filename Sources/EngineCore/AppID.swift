/// Which app, of whom, in which environment.
public struct AppID: Sendable, Hashable, Codable {
  /// The environment that every owner has and that URLs leave out.
  public static let environmentDefault = "main"

  public var owner: String
  public var name: String
  /// Environments are isolated from each other: an app of one never sees the other's runners or secrets.
  public var environment: String

  public init(owner: String, name: String, environment: String = AppID.environmentDefault) {
    self.owner = owner
    self.name = name
    self.environment = environment
  }
}

extension AppID {
  /// Stands where a fact has no app: it is about nodes, or about a runner that is forgotten. No app has an empty name.
  public static let none = AppID(owner: "", name: "")
}

extension AppID: CustomStringConvertible {
  /// As in URLs: `owner/name`, and `owner/name--environment` outside of `main`.
  public var description: String {
    environment == Self.environmentDefault ? "\(owner)/\(name)" : "\(owner)/\(name)--\(environment)"
  }
}

extension AppID: Comparable {
  public static func < (left: AppID, right: AppID) -> Bool {
    (left.owner, left.name, left.environment) < (right.owner, right.name, right.environment)
  }
}
