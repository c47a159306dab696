import AppModel
import EngineCore

/// Who may call an app: the rule of private, shared and public.
enum Admission: Hashable {
  case admitted(Caller)
  /// No valid key was shown: 401, whether or not there is such an app.
  case unauthorized
  /// A valid key, and no app that it may call: 404, whether or not there is such an app.
  case notFound

  /// - Parameters:
  ///   - auth: of the app; nil: there is none of that name.
  ///   - owner: of the app.
  static func decide(auth: Auth?, owner: String, grant: Grant?) -> Admission {
    if auth == .public { return .admitted(grant?.caller ?? .anonymous) }
    guard let grant else { return .unauthorized }
    guard let auth else { return .notFound }
    switch (grant.reach, auth) {
    case (.everything, _):
      return .admitted(grant.caller.id.isEmpty ? Caller(id: owner, key: grant.caller.key) : grant.caller)
    case (.user, .private): return grant.caller.id == owner ? .admitted(grant.caller) : .notFound
    case (.user, .shared), (.user, .public): return .admitted(grant.caller)
    case (.nothing, _): return .notFound
    }
  }

  /// The answer that it means for the app `name`; nil: the request goes on.
  func fault(_ name: String) -> Fault? {
    switch self {
    case .admitted: nil
    case .unauthorized: .noAccess(name)
    case .notFound: .unknownApp(name)
    }
  }
}
