public import AppModel
public import EngineCore
public import Providers

/// An app that a run serves.
public struct ServedApp: Sendable {
  public var id: AppID
  public var definition: AppDefinition
  public var revision: RevisionID
  public var auth: Auth
  /// Base address, without a slash at the end.
  public var url: String
  /// `id:secret` for callers; nil for a public app.
  public var key: String?
  /// What its machine type is held to here.
  public var enforcement: Enforcement
}
