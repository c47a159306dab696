public import AppModel

/// One revision of an app.
public struct RevisionInfo: Sendable, Hashable, Codable {
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its rollout goes on.
    case deploying
    /// It takes traffic.
    case active
    /// It could take traffic: `set-rev`.
    case inactive
    /// Its rollout failed; it never took traffic.
    case failed
  }

  public var revision: String
  public var status: Status
  /// Seconds since 1970.
  public var createdAt: Double
  public var message: String?
  public var annotations: [String: String]
  /// Hash of the files.
  public var bundle: String
  public var auth: Auth
  public var scaling: Scaling
  public var machineTypes: [String]
  public var runners: Int

  public init(
    revision: String, status: Status, createdAt: Double, bundle: String, auth: Auth, scaling: Scaling,
    machineTypes: [String], runners: Int
  ) {
    self.revision = revision
    self.status = status
    self.createdAt = createdAt
    annotations = [:]
    self.bundle = bundle
    self.auth = auth
    self.scaling = scaling
    self.machineTypes = machineTypes
    self.runners = runners
  }
}

public struct RevisionList: Sendable, Hashable, Codable {
  public var revisions: [RevisionInfo]

  public init(revisions: [RevisionInfo]) { self.revisions = revisions }
}
