public import EngineCore
public import RunnerProtocol

/// What happens while a run goes on.
public enum RunEvent: Sendable {
  /// A line of the app, of its program or of its runner.
  case log(RunnerID, LogRecord)
  /// What the console printed.
  case console(LogRecord)
  /// A runner began, became ready, or ended; in words.
  case runner(RunnerID, app: AppID, state: String, detail: String)
  /// A file was saved: the script is evaluated again.
  case reloading(trigger: String)
  case reloaded(trigger: String, apps: [ServedApp], duration: Duration)
  /// The script is wrong; what ran before goes on.
  case reloadRefused(trigger: String, EvaluatedScript)
  /// The script is right, but no runner of it became ready; what ran before goes on.
  case reloadFailed(trigger: String, app: AppID, reason: String)
  /// Something else is wrong, in words.
  case problem(String)
}
