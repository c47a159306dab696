import AppModel

/// Says whose key a request shows.
///
/// Asked on the event loop for each request, so that it must answer from memory: that is also how a revoked key stops
/// working at once.
public protocol Authenticator: Sendable {
  /// Grows whenever a header may give something else than before.
  var version: Int { get }
  /// nil: the `Authorization` header shows no valid key.
  func grant(authorization: String?) -> Grant?
  /// Requests that the key of this id may have under way at once; nil: there is no limit.
  func concurrencyMax(ofKey id: String) -> Int?
  /// What a token for the app `owner/name` gives in the place of a key; nil: nothing. Asked for websockets only.
  func grant(token: String, app: String) -> Grant?
}

extension Authenticator {
  public func concurrencyMax(ofKey id: String) -> Int? { nil }

  // Most know keys only. Without one, a token is as good as nothing.
  public func grant(token: String, app: String) -> Grant? { grant(authorization: nil) }
}

/// Lets everybody in, as the owner of what they call: for `run` on the loopback interface.
public struct OpenAuthenticator: Authenticator {
  public let version = 0

  public init() {}

  public func grant(authorization: String?) -> Grant? { Grant(.anonymous, reach: .everything) }
}

/// Knows one key, which is held in memory: for `run --auth private`.
public struct KeyAuthenticator: Authenticator {
  public let version = 0
  private let key: [UInt8]
  private let user: Caller

  /// - Parameters:
  ///   - key: `id:secret`, as `FAL_KEY` has it.
  ///   - user: whose key it is.
  public init(key: String, user: String) {
    self.key = Array(key.utf8)
    self.user = Caller(id: user, key: String(key.prefix { $0 != ":" }))
  }

  public func grant(authorization: String?) -> Grant? {
    guard let authorization, let space = authorization.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let scheme = String(authorization[..<space])
    guard scheme.is("key") || scheme.is("bearer") else { return nil }
    guard matches(authorization[authorization.utf8.index(after: space)...]) else { return nil }
    return Grant(user, reach: .everything)
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
