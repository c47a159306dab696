public import EngineCore

/// Why a run could not start.
public enum RunFailure: Error, Sendable {
  /// The script is wrong; nothing was started.
  case script(EvaluatedScript)
  /// No runner of the app became ready: why, and what it wrote last.
  case start(app: AppID, reason: String)
}
