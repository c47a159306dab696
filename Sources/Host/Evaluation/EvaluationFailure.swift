public import Platform

/// Why a script could not be evaluated, through no fault of the script.
public enum EvaluationFailure: Error, Sendable, Hashable {
  /// There is no `apolune-runner`; where it was looked for.
  case runnerMissing(String)
  /// `apolune-runner` could not be started.
  case runnerNotStarted(path: String, SystemError)
  /// It answered, but not with a report: it is of another version, most likely.
  case notAReport(path: String, reason: String)
  /// The task was cancelled.
  case cancelled

  /// A stable name: `runner-missing`.
  public var code: String {
    switch self {
    case .runnerMissing: "runner-missing"
    case .runnerNotStarted: "runner-not-started"
    case .notAReport: "runner-answer"
    case .cancelled: "cancelled"
    }
  }

  /// What to do about it.
  public var fix: String? {
    switch self {
    case .runnerMissing: "run scripts/build and keep both programs together, or name it in $\(RunnerExecutable.variable)"
    case .runnerNotStarted: "see whether the file is a program of this machine, and whether the limits allow more processes"
    case .notAReport: "run scripts/build, so that both programs are of one version"
    case .cancelled: nil
    }
  }
}

extension EvaluationFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .runnerMissing(let places): places
    case .runnerNotStarted(let path, let error): "\(path) cannot be started: \(error.reason)"
    case .notAReport(let path, let reason): "\(path) gave no report: \(reason)"
    case .cancelled: "cancelled"
    }
  }
}
