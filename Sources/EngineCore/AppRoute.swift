public import AppModel

/// Where an app's new requests go, and by which rules: what the gateway needs to know of an alias.
public struct AppRoute: Sendable, Hashable {
  public var app: AppID
  /// New requests go to ready runners of this revision only; while there is none, they wait.
  public var revision: RevisionID
  public var definition: AppDefinition
  /// Who may call; the definition's own wish with the default and the command line's override applied.
  public var auth: Auth

  public init(app: AppID, revision: RevisionID, definition: AppDefinition, auth: Auth) {
    self.app = app
    self.revision = revision
    self.definition = definition
    self.auth = auth
  }
}
