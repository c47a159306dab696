public import AppModel
public import EngineCore

/// Decides who may call an app.
///
/// Asked on the event loop for each request of an app that is not public, so that it must answer from memory: that is
/// also how a revoked key stops working at once.
public protocol Authenticator: Sendable {
  /// The caller, or nil when this `Authorization` header gives no access to the app.
  func caller(authorization: String?, route: AppRoute) -> Caller?
}

/// Lets everybody in: for `run` on the loopback interface.
public struct OpenAuthenticator: Authenticator {
  public init() {}

  public func caller(authorization: String?, route: AppRoute) -> Caller? { Caller(id: route.app.owner) }
}

/// Knows one key, which is held in memory: for `run --auth private`.
public struct KeyAuthenticator: Authenticator {
  private let key: [UInt8]
  private let user: Caller

  /// - Parameters:
  ///   - key: `id:secret`, as `FAL_KEY` has it.
  ///   - user: whose key it is.
  public init(key: String, user: String) {
    self.key = Array(key.utf8)
    self.user = Caller(id: user)
  }

  public func caller(authorization: String?, route: AppRoute) -> Caller? {
    guard let authorization, let space = authorization.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let scheme = String(authorization[..<space])
    guard scheme.is("key") || scheme.is("bearer") else { return nil }
    return matches(authorization[authorization.utf8.index(after: space)...]) ? user : nil
  }

  /// Takes the same time wherever the first difference is, so that a key cannot be guessed byte by byte.
  private func matches(_ candidate: Substring) -> Bool {
    guard !key.isEmpty else { return false }
    var difference = UInt8(candidate.utf8.count == key.count ? 0 : 1)
    var index = 0
    for byte in candidate.utf8 {
      difference |= byte ^ key[index]
      index = index + 1 < key.count ? index + 1 : 0
    }
    return difference == 0
  }
}
