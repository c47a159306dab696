public import AppModel

/// What a deploy brings; the engine makes a revision of it and gives it a name.
public struct NewRevision: Sendable, Hashable, Codable {
  /// The script's definition, with what the command line says in its place.
  public var definition: AppDefinition
  public var auth: Auth
  public var bundle: BundleReference
  public var restart: RestartPolicy
  public var message: String?
  public var annotations: [String: String]

  public init(
    definition: AppDefinition, auth: Auth, bundle: BundleReference, restart: RestartPolicy = .persistent,
    message: String? = nil, annotations: [String: String] = [:]
  ) {
    self.definition = definition
    self.auth = auth
    self.bundle = bundle
    self.restart = restart
    self.message = message
    self.annotations = annotations
  }
}
