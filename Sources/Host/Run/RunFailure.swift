public import EngineCore
import Engine
import Gateway
import Providers
import Queueing
import Store

/// Why a run could not start.
public enum RunFailure: Error, Sendable {
  /// The script is wrong; nothing was started.
  case script(EvaluatedScript)
  /// No runner of the app became ready: why, and what it wrote last.
  case start(app: AppID, reason: String)
  /// The task was cancelled.
  case interrupted
  /// This machine is at fault.
  case machine(code: String, message: String, fix: String?)
}

extension RunFailure {
  /// Any error of a start, in words.
  init(_ error: any Error) {
    switch error {
    case let failure as RunFailure: self = failure
    case is CancellationError, EvaluationFailure.cancelled: self = .interrupted
    case let failure as EvaluationFailure:
      self = .machine(code: failure.code, message: failure.description, fix: failure.fix)
    case let failure as GatewayError:
      self = .machine(code: failure.code, message: failure.description, fix: Self.fix(for: failure))
    case EngineError.rejected(.neverPlaceable(let reason)):
      self = .machine(
        code: "never-placeable", message: reason, fix: "run it on another machine type, such as --machine-type S")
    case let failure as StoreError: self = .machine(code: failure.code, message: failure.message, fix: failure.fix)
    case let failure as QueueFailure: self = .machine(code: failure.code, message: failure.message, fix: nil)
    case let failure as ProviderFailure: self = .machine(code: failure.code, message: failure.message, fix: nil)
    case let failure as BundleError: self = .machine(code: "bundle-unusable", message: failure.description, fix: nil)
    default: self = .machine(code: "run-failed", message: "\(error)", fix: nil)
    }
  }

  private static func fix(for failure: GatewayError) -> String? {
    guard case .portInUse = failure else { return nil }
    return "choose another with --port, or leave --port out to take any"
  }
}
