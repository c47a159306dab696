/// A validated app: everything the host needs to run it, with no default left open.
public struct AppDefinition: Sendable, Hashable, Codable {
  public var name: String
  /// nil: the current user.
  public var owner: String?
  /// The first line of the comment above the app; nil without one.
  public var summary: String?
  /// Shown by `GET /health`; nil: "unknown".
  public var version: String?
  public var program: Program
  /// In order of preference; the first that has room wins. Never empty.
  public var machines: [Machine]
  /// nil: private when deployed, public when run.
  public var auth: Auth?
  public var strategy: Strategy
  public var scaling: Scaling
  public var timeouts: Timeouts
  public var retry: RetryPolicy
  public var health: HealthCheck?
  /// Secrets that runners may read; nil: all that are exposed by default.
  public var secrets: [String]?
  public var env: [String: String]
  /// Patterns of files beside the script that travel in the bundle.
  public var files: [String]
  /// Patterns of files that stay behind, besides those that always do.
  public var filesIgnored: [String]
  /// Persistent folders that runners see.
  public var dataMounts: [String]
  /// Where runners may be placed; empty: anywhere.
  public var regions: [String]
  /// Names of the hooks that the script defines, in the order of a rollout.
  public var hooks: [String]
  public var rollout: RolloutPlan
  /// nil: no analysis.
  public var analysis: Analysis?

  public enum Program: Sendable, Hashable, Codable {
    /// Handlers written in Lua.
    case endpoints([Endpoint])
    /// A program that serves HTTP on `$PORT`.
    case command([String])
  }

  public init(name: String, program: Program, machines: [Machine]) {
    self.name = name
    self.program = program
    self.machines = machines
    strategy = .recreate
    scaling = Scaling()
    timeouts = Timeouts()
    retry = RetryPolicy()
    env = [:]
    files = []
    filesIgnored = []
    dataMounts = ["/data"]
    regions = []
    hooks = []
    rollout = RolloutPlan()
  }
}
