public import AppModel

/// A revision to be made; the core gives it its id.
public struct NewRevision: Sendable, Hashable, Codable {
  public var definition: AppDefinition
  public var auth: Auth
  public var bundle: BundleReference
  public var restart: RestartPolicy

  public init(definition: AppDefinition, auth: Auth, bundle: BundleReference, restart: RestartPolicy = .persistent) {
    self.definition = definition
    self.auth = auth
    self.bundle = bundle
    self.restart = restart
  }
}

extension AppState {
  /// What the next revision is called.
  public var nextRevisionID: RevisionID {
    let numbers = revisions.compactMap { $0.id.text.split(separator: "-").last.flatMap { Int($0) } }
    return RevisionID("\(id.name)-\((numbers.max() ?? 0) + 1)")
  }
}
