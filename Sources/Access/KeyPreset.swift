/// What a key is made for: a name for a set of permissions, as fal's presets are.
public enum KeyPreset: String, Sendable, Hashable, Codable, CaseIterable {
  /// Everything that its user may do.
  case full = "FULL"
  /// Calls apps and nothing else: what a program that uses apps needs.
  case api = "API"
  /// Deploys and looks: for continuous integration.
  case deploy = "DEPLOY"
  /// Looks only.
  case readOnly = "READONLY"

  public var permissions: Set<Permission> {
    switch self {
    case .full: Set(Permission.allCases)
    case .api: [.call]
    case .deploy: [.call, .deploy, .read]
    case .readOnly: [.read]
    }
  }
}
