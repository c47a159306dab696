public import AppModel

/// `PATCH /v1/apps/{owner}/{app}/settings`; what is left out stays.
public struct ScaleRequest: Sendable, Hashable, Codable {
  public var settings: SettingsChange
  /// Names of machine types, in place of `settings.machines`, which the server fills in.
  public var machineTypes: [String]?
  public var gpuCount: Int?

  public init(settings: SettingsChange, machineTypes: [String]? = nil, gpuCount: Int? = nil) {
    self.settings = settings
    self.machineTypes = machineTypes
    self.gpuCount = gpuCount
  }
}

/// The app with its new settings.
public struct ScaleResult: Sendable, Hashable, Codable {
  public var app: AppInfo
  /// Names of changed options that the next deploy resets.
  public var untilNextDeploy: [String]

  public init(app: AppInfo, untilNextDeploy: [String]) {
    self.app = app
    self.untilNextDeploy = untilNextDeploy
  }
}
