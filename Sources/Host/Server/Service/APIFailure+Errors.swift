import ControlAPI
import Engine
import EngineCore
import Queueing
import Store
import Platform

extension APIFailure {
  /// Errors of the store, the engine and the machine, as answers. nil for what nobody expected.
  init?(_ error: any Error) {
    switch error {
    case let failure as APIFailure: self = failure
    case let error as StoreError: self.init(error)
    case let error as EngineError: self.init(error)
    case let error as QueueFailure: self.init(503, error.code, error.message)
    case let error as EvaluationFailure: self.init(500, error.code, error.description, fix: error.fix)
    case let error as SystemError: self.init(503, "machine-failed", error.description)
    default: return nil
    }
  }

  init(_ error: StoreError) {
    self.init(Self.status(of: error.code), error.code, error.message, fix: error.fix)
  }

  /// What the store refuses, by the fault: the caller's, or the disk's.
  private static func status(of code: String) -> Int {
    switch code {
    case "hash-invalid", "blob-mismatch", "runner-id-invalid": 400
    case "bundle-not-found", "environment-not-found", "user-not-found", "key-not-found": 404
    case "environment-exists", "environment-main", "blob-missing", "user-exists", "key-exists": 409
    case "blob-too-large", "bundle-too-large", "setting-too-large": 413
    case "path-invalid", "bundle-empty", "environment-name-invalid", "environments-too-many", "user-name-invalid",
      "users-too-many",
      "keys-too-many", "key-invalid", "usage-too-long":
      422
    case "disk-full", "disk-failed", "database-busy", "followers-too-many": 503
    default: 500
    }
  }

  init(_ error: EngineError) {
    switch error {
    case .rejected(let rejection): self.init(rejection)
    case .journal(let error as StoreError):
      self.init(503, error.code, "nothing was changed: \(error.message)", fix: error.fix)
    case .journal(let error): self.init(503, "journal-failed", "nothing was changed: \(error)")
    case .overloaded: self.init(503, "overloaded", "\(error)", fix: "try again")
    case .stopping: self.init(503, "stopping", "the server is stopping", fix: "try again when it is back")
    }
  }
}

extension APIFailure {
  init(_ rejection: EngineRejection) {
    switch rejection {
    case .unknownApp: self.init(404, "app-not-found", "\(rejection)")
    case .unknownRunner: self.init(404, "runner-not-found", "\(rejection)")
    case .unknownRevision: self.init(404, "revision-not-found", "\(rejection)", fix: "list them with 'apolune apps list-rev'")
    case .revisionInUse:
      self.init(409, "revision-in-use", "\(rejection)", fix: "set the app to another one, and wait for its runners to end")
    case .neverPlaceable:
      self.init(422, "never-placeable", "\(rejection)", fix: "choose a smaller machine type; 'apolune nodes' shows what there is")
    case .impossible: self.init(409, "impossible", "\(rejection)")
    }
  }
}
