public import AppModel

/// What a person asks of `apolune server`.
public struct ServerSetup: Sendable {
  public var folder: DataFolder
  public var host: String
  /// 0: any that is free.
  public var port: Int
  /// nil: plain HTTP alone.
  public var tls: TLSSetup?
  /// Whose apps these are; a script that names another owner is refused.
  public var owner: String
  /// What the operator's file says; `host`, `port` and `owner` are decided by then.
  public var configuration = ServerConfiguration()
  /// Of this program, for those who ask.
  public var version: String
  /// The environment of this process.
  public var environment: [String: String]
  /// From which level on what happens is told on standard error; nil: nothing is.
  public var logLevel: LogLevel? = .info
  /// Where a line is written for each request.
  public var accessLog = AccessLogTarget.off

  public enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case debug, info, warning, error
  }

  public init(
    folder: DataFolder, host: String, port: Int, owner: String = CurrentUser.name(), version: String,
    environment: [String: String]
  ) {
    self.folder = folder
    self.host = host
    self.port = port
    self.owner = owner
    self.version = version
    self.environment = environment
  }
}
