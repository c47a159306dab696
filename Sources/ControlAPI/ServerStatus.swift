public import AppModel

/// `GET /v1/status`
public struct ServerStatus: Sendable, Hashable, Codable {
  public var version: String
  public var owner: String
  public var pid: Int32
  /// Seconds since 1970.
  public var startedAt: Double
  /// Base address of apps and of this API, without a slash at the end.
  public var url: String
  public var dataFolder: String
  public var apps: Int
  public var runners: Int
  /// Runners that this server found alive when it started, and took over.
  public var runnersAdopted: Int
  /// What scripts may name here: the built-in machine types and the operator's.
  public var machineTypes: [MachineType]
  /// nil: the server takes no TLS connections.
  public var tls: TLSInfo?
  /// Why nothing can be changed at present, in words: the disk is full, say. nil: all is well.
  public var problem: String?

  public init(version: String, owner: String, pid: Int32, startedAt: Double, url: String, dataFolder: String) {
    self.version = version
    self.owner = owner
    self.pid = pid
    self.startedAt = startedAt
    self.url = url
    self.dataFolder = dataFolder
    apps = 0
    runners = 0
    runnersAdopted = 0
    machineTypes = []
  }
}

/// `GET /v1/health`: the server answers.
public struct ServerHealth: Sendable, Hashable, Codable {
  public var version: String

  public init(version: String) { self.version = version }
}
