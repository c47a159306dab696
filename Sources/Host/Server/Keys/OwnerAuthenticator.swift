import AppModel
import EngineCore
import Gateway

/// Lets the owner's key into every app that is not public. There is one user here, so `shared` is the same as `private`.
struct OwnerAuthenticator: Authenticator {
  var key: OwnerKey.Digest
  var owner: String

  func caller(authorization: String?, route: AppRoute) -> Caller? {
    key.accepts(authorization: authorization) ? Caller(id: owner) : nil
  }
}
