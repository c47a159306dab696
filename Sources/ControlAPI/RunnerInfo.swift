/// A runner, as `runners list` shows it.
public struct RunnerInfo: Sendable, Hashable, Codable {
  public var id: String
  public var owner: String
  public var app: String
  public var environment: String
  public var revision: String
  /// fal's names: `PENDING`, `SETUP`, `IDLE`, `RUNNING`, `DRAINING`, `TERMINATING`, `TERMINATED`, `CRASH_BACKOFF`.
  public var state: String
  public var machineType: String
  /// Machine on which it is; nil while it waits for a place.
  public var node: String?
  public var gpus: [String]
  public var pid: Int32?
  public var inFlight: Int
  /// A fresh runner will take its place.
  public var willBeReplaced: Bool
  public var generation: Int
  /// Seconds since 1970.
  public var requestedAt: Double
  public var readyAt: Double?
  public var endedAt: Double?
  /// Seconds until its keep-alive ends; nil while it is busy or held.
  public var expiresIn: Double?
  /// Why it was asked for: `demand`, `minimum`, `buffer`, `rollout`, `replacement`.
  public var cause: String
  /// How it ended, what went wrong last, or what it waits for.
  public var reason: String?

  public init(
    id: String, owner: String, app: String, environment: String, revision: String, state: String, machineType: String,
    generation: Int, requestedAt: Double, cause: String
  ) {
    self.id = id
    self.owner = owner
    self.app = app
    self.environment = environment
    self.revision = revision
    self.state = state
    self.machineType = machineType
    gpus = []
    inFlight = 0
    willBeReplaced = false
    self.generation = generation
    self.requestedAt = requestedAt
    self.cause = cause
  }
}

public struct RunnerList: Sendable, Hashable, Codable {
  public var runners: [RunnerInfo]

  public init(runners: [RunnerInfo]) { self.runners = runners }
}

/// `POST /v1/runners/{id}/stop`
public struct RunnerStop: Sendable, Hashable, Codable {
  /// Starts its replacement first.
  public var replaces: Bool

  public init(replaces: Bool = false) { self.replaces = replaces }
}

/// One line of `GET /v1/runners/{id}/logs`.
public struct LogLine: Sendable, Hashable, Codable {
  /// Seconds since 1970.
  public var at: Double
  public var runner: String
  /// `debug`, `info`, `warning`, `error`.
  public var level: String
  /// `app`, `program`, `runner`.
  public var source: String
  public var requestID: String?
  public var message: String

  public init(at: Double, runner: String, level: String, source: String, requestID: String?, message: String) {
    self.at = at
    self.runner = runner
    self.level = level
    self.source = source
    self.requestID = requestID
    self.message = message
  }
}
