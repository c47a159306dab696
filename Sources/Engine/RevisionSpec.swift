public import AppModel
public import EngineCore

/// A revision to deploy, with what its runners are told at their start.
public struct RevisionSpec: Sendable {
  public var id: RevisionID
  public var app: AppID
  public var definition: AppDefinition
  /// Who may call it.
  public var auth: Auth
  public var launch: LaunchTemplate
  public var restart: RestartPolicy

  public init(
    id: RevisionID, app: AppID, definition: AppDefinition, auth: Auth, launch: LaunchTemplate,
    restart: RestartPolicy? = nil
  ) {
    self.id = id
    self.app = app
    self.definition = definition
    self.auth = auth
    self.launch = launch
    self.restart = restart ?? (launch.ephemeral ? .ephemeral : .persistent)
  }
}
