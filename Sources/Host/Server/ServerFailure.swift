import Gateway
import Platform
import Providers
import Queueing
import Store

/// Why a server could not start.
public struct ServerFailure: Error, Sendable, Hashable {
  /// Kebab-case: `port-in-use`, `data-folder-in-use`, `database-corrupt`, ….
  public var code: String
  public var message: String
  /// How to mend it.
  public var fix: String?

  public init(code: String, message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }
}

extension ServerFailure: CustomStringConvertible {
  public var description: String { message }
}

extension ServerFailure {
  /// Any error of a start, in words.
  init(_ error: any Error) {
    switch error {
    case let failure as ServerFailure: self = failure
    case let failure as StoreError: self.init(code: failure.code, message: failure.message, fix: failure.fix)
    case let failure as EvaluationFailure: self.init(code: failure.code, message: failure.description, fix: failure.fix)
    case let failure as ProviderFailure: self.init(code: failure.code, message: failure.message)
    case let failure as SystemError: self.init(code: "folder-not-usable", message: failure.description)
    case let failure as GatewayError:
      var fix: String?
      if case .portInUse = failure { fix = "choose another address with --listen HOST:PORT" }
      self.init(code: failure.code, message: failure.description, fix: fix)
    case let failure as QueueFailure: self.init(code: failure.code, message: failure.message)
    case is CancellationError: self.init(code: "interrupted", message: "the start was interrupted")
    default: self.init(code: "server-failed", message: "\(error)")
    }
  }
}
