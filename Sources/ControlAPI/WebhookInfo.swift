/// A webhook that is to be delivered.
public struct WebhookInfo: Sendable, Hashable, Codable {
  /// Of the request whose outcome it tells.
  public var request: String
  /// `owner/name`
  public var app: String
  public var environment: String
  /// Who made the request; empty for nobody in particular.
  public var user: String
  public var url: String
  /// Made so far, all of which failed.
  public var attempts: Int
  /// Nobody tries any more, until somebody says so.
  public var isDead: Bool
  /// Seconds since 1970: the next attempt; nil: there is none.
  public var nextAt: Double?
  /// Why the last attempt failed.
  public var problem: String?

  public init(
    request: String, app: String, environment: String, user: String, url: String, attempts: Int, isDead: Bool,
    nextAt: Double?, problem: String?
  ) {
    self.request = request
    self.app = app
    self.environment = environment
    self.user = user
    self.url = url
    self.attempts = attempts
    self.isDead = isDead
    self.nextAt = nextAt
    self.problem = problem
  }
}

/// `GET /v1/webhooks`
public struct WebhookList: Sendable, Hashable, Codable {
  /// Those first that are still tried, in the order of their next attempt; then the dead, the newest first.
  public var webhooks: [WebhookInfo]

  public init(webhooks: [WebhookInfo]) { self.webhooks = webhooks }
}
