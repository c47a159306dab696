public import AppModel

/// What an `Authorization` header gives.
public struct Grant: Sendable, Hashable {
  public enum Reach: Sendable, Hashable {
    /// No app at all: a key that may only look.
    case nothing
    /// The apps of its user, and shared ones.
    case user
    /// Every app: where there is one user only.
    case everything
  }

  public var caller: Caller
  public var reach: Reach
  /// Requests that the key may have under way at once; nil: there is no limit.
  public var concurrencyMax: Int?
  /// Whether it stays valid until the authenticator's version changes.
  public var isLasting: Bool

  public init(_ caller: Caller, reach: Reach = .user, concurrencyMax: Int? = nil, isLasting: Bool = true) {
    self.caller = caller
    self.reach = reach
    self.concurrencyMax = concurrencyMax
    self.isLasting = isLasting
  }
}
