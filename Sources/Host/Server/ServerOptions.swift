/// What a person asks of `apolune server`.
public struct ServerOptions: Sendable {
  public var folder: DataFolder
  public var host: String
  /// 0: any that is free.
  public var port: Int
  /// Whose apps these are; a script that names another owner is refused.
  public var owner: String
  /// The environment of this process.
  public var environment: [String: String]

  public init(folder: DataFolder, host: String, port: Int, owner: String, environment: [String: String]) {
    self.folder = folder
    self.host = host
    self.port = port
    self.owner = owner
    self.environment = environment
  }
}
