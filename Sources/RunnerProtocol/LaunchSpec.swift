/// Everything a runner is told at its start. Sent over its socket, never written to disk: it holds secrets.
public struct LaunchSpec: Sendable, Hashable, Codable {
  public enum Role: String, Sendable, Hashable, Codable {
    /// Serves an app written in Lua.
    case endpoints
    /// Supervises a program that serves HTTP.
    case command
    /// Evaluates what a person types.
    case console
  }

  public var role: Role
  /// Absolute path of the bundle's folder.
  public var bundle: String
  /// The script's path within the bundle.
  public var script: String
  /// The app in the script that this runner serves.
  public var app: String
  public var runnerID: String
  /// Shown to the script as `env`.
  public var env: [String: String] = [:]
  public var secrets: [String: String] = [:]
  /// Program and arguments of a command app.
  public var command: [String] = []
  /// Mount name (`/data`) to folder of the host.
  public var dataMounts: [String: String] = [:]
  public var maxMultiplexing = 1
  /// Bytes that the Lua state may hold.
  public var memoryMax: Int64 = 1_073_741_824
  public var requestTimeoutSeconds = 3600.0
  public var startupTimeoutSeconds = 600.0
  public var graceSeconds = 5.0
  /// Where the runner is asked for its health; nil: a command app is well once its port accepts a connection, and nobody
  /// asks later.
  public var healthPath: String?
  public var healthMethod = "GET"
  /// Whether the host goes on asking once the runner is ready.
  public var healthRegularly = true
  /// Failures in this time from ready on do not count.
  public var healthStartSeconds = 30.0
  /// One answer may take this long.
  public var healthTimeoutSeconds = 5.0
  /// Failures in a row after which the runner is not well.
  public var healthFailureThreshold = 3
  /// Largest answer body, in bytes.
  public var answerMax = 32 * 1_048_576
  /// Bytes of chunks that a stream may send before the host grants more.
  public var streamCredit = 256 * 1024
  /// The runner ends at once when its connection does: nobody will come back for it.
  public var ephemeral = false

  public init(role: Role, bundle: String, script: String, app: String, runnerID: String) {
    self.role = role
    self.bundle = bundle
    self.script = script
    self.app = app
    self.runnerID = runnerID
  }
}
