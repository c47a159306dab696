public import AppModel

/// `PUT /v1/apps/{owner}/{app}/alias`: moves traffic to an existing revision. Answered with `DeployEvent`s.
public struct AliasChange: Sendable, Hashable, Codable {
  public var revision: String
  /// nil: as the revision says.
  public var strategy: Strategy?
  public var auth: Auth?

  public init(revision: String, strategy: Strategy? = nil, auth: Auth? = nil) {
    self.revision = revision
    self.strategy = strategy
    self.auth = auth
  }
}

/// `POST /v1/apps/{owner}/{app}/rollout`: replaces every runner by a fresh one of the same revision.
public struct RunnersReplacement: Sendable, Hashable, Codable {
  /// Kills the old ones at once.
  public var forces: Bool

  public init(forces: Bool = false) { self.forces = forces }
}
