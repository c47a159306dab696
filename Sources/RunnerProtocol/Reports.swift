/// A runner can take requests.
public struct ReadyReport: Sendable, Hashable, Codable {
  public var pid: Int32
  /// Port of 127.0.0.1 where a command app listens; nil for Lua apps.
  public var port: Int?
  /// From the `launch` frame to ready, in milliseconds.
  public var startMilliseconds: Double

  public init(pid: Int32, port: Int? = nil, startMilliseconds: Double) {
    self.pid = pid
    self.port = port
    self.startMilliseconds = startMilliseconds
  }
}

/// A runner will never be ready.
public struct FailureReport: Sendable, Hashable, Codable {
  /// Kebab-case: `script-error`, `setup-failed`, `startup-timeout`, `command-exited`, `command-not-found`, ….
  public var code: String
  public var message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// What became of one piece of source that a console runner evaluated.
public struct Evaluation: Sendable, Hashable, Codable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// It ran; `text` shows its values, one a line, and is empty for statements.
    case value
    /// More lines are needed.
    case incomplete
    /// It failed; `text` is the error with its position.
    case error
  }

  public var outcome: Outcome
  public var text: String

  public init(_ outcome: Outcome, text: String = "") {
    self.outcome = outcome
    self.text = text
  }
}
