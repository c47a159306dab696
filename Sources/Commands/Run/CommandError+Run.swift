import Gateway
import Host
import Providers

extension CommandError {
  /// Why a run did not start.
  init(starting error: any Error) {
    switch error {
    case RunFailure.start(let app, let reason):
      self.init("start-failed", "\(app.name) did not start: \(reason)", fix: "mend the script and run it again")
    case let failure as EvaluationFailure: self.init(failure)
    case let failure as GatewayError: self.init(failure.code, failure.description, fix: Self.fix(for: failure))
    case let failure as ProviderFailure: self.init(failure.code, failure.message)
    case let failure as BundleError: self.init("bundle", failure.description)
    case is CancellationError: self.init("interrupted", "interrupted before the app was ready")
    default: self.init("run-failed", "\(error)")
    }
  }

  private static func fix(for failure: GatewayError) -> String? {
    guard case .portInUse = failure else { return nil }
    return "choose another with --port, or leave --port out to take any"
  }
}
