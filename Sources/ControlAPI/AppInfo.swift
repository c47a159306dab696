public import AppModel

/// An app in an environment, as `apps list` shows it. Settings are those in force.
public struct AppInfo: Sendable, Hashable, Codable {
  public var owner: String
  public var name: String
  public var environment: String
  public var url: String
  /// nil: no revision takes traffic.
  public var revision: String?
  public var auth: Auth?
  public var strategy: Strategy?
  public var scaling: Scaling
  public var timeouts: Timeouts
  public var machineTypes: [String]
  public var gpuCount: Int
  public var regions: [String]
  /// Runners that live.
  public var runners: Int
  public var runnersReady: Int
  public var queued: Int
  public var inFlight: Int
  /// The revision that is on its way, and why it waits, if any.
  public var rollout: RolloutInfo?

  public init(owner: String, name: String, environment: String, url: String) {
    self.owner = owner
    self.name = name
    self.environment = environment
    self.url = url
    scaling = Scaling()
    timeouts = Timeouts()
    machineTypes = []
    gpuCount = 0
    regions = []
    runners = 0
    runnersReady = 0
    queued = 0
    inFlight = 0
  }
}

public struct RolloutInfo: Sendable, Hashable, Codable {
  public var revision: String
  public var strategy: Strategy
  /// Seconds since it began.
  public var seconds: Double
  public var waitsFor: String?

  public init(revision: String, strategy: Strategy, seconds: Double, waitsFor: String? = nil) {
    self.revision = revision
    self.strategy = strategy
    self.seconds = seconds
    self.waitsFor = waitsFor
  }
}

public struct AppList: Sendable, Hashable, Codable {
  public var apps: [AppInfo]

  public init(apps: [AppInfo]) { self.apps = apps }
}
