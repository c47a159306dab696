/// One line of the answer to a deploy or to a change of revision. The last line is `finished` or `failed` of each app.
public struct DeployEvent: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The script is right; `warnings` may say something all the same.
    case validated
    /// The difference of settings to what runs now, when there is any or a check was asked for.
    case compared
    /// The revision exists; from here on the rollout goes on without the client.
    case registered
    /// A runner was asked for, with the reason why it has to wait if it has.
    case waiting
    case starting
    case ready
    /// A runner of the new revision failed.
    case runnerFailed = "runner_failed"
    case log
    /// Traffic goes to the new revision.
    case switched
    /// Success (`result` is set), also of a check and of a detached deploy.
    case finished
    /// The rollout did not succeed; `problem` says why.
    case failed
  }

  public var kind: Kind
  public var app: String
  /// Seconds since the deploy began, as the server measured.
  public var seconds: Double
  public var runner: String?
  /// The new revision's name: from `registered` on.
  public var revision: String?
  /// In words.
  public var message: String?
  public var settings: [SettingDifference]?
  public var warnings: [String]?
  public var result: DeployResult?
  public var problem: APIProblem?

  public init(_ kind: Kind, app: String, seconds: Double) {
    self.kind = kind
    self.app = app
    self.seconds = seconds
  }
}

/// How a deploy ended.
public struct DeployResult: Sendable, Hashable, Codable {
  public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    case deployed
    /// Detached: it goes on.
    case rollingOut = "rolling_out"
    /// Nothing was changed: only checked, or the very same revision was active already.
    case unchanged
  }

  public var owner: String
  public var app: String
  public var environment: String
  public var revision: String
  /// Where callers send their requests.
  public var url: String
  public var auth: String
  public var status: Status

  public init(
    owner: String, app: String, environment: String, revision: String, url: String, auth: String, status: Status
  ) {
    self.owner = owner
    self.app = app
    self.environment = environment
    self.revision = revision
    self.url = url
    self.auth = auth
    self.status = status
  }
}

/// One setting, before and after.
public struct SettingDifference: Sendable, Hashable, Codable {
  /// The option's name: `keep_alive`.
  public var name: String
  /// nil: there was none.
  public var before: String?
  public var after: String?
  /// What the script says, where a setting was inherited in its stead.
  public var code: String?

  public init(name: String, before: String?, after: String?, code: String? = nil) {
    self.name = name
    self.before = before
    self.after = after
    self.code = code
  }
}
