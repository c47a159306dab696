public import AppModel
public import EngineCore
public import RunnerProtocol

/// A request that waits for its turn, as it was acknowledged; its body is kept beside it.
public struct QueuedRequest: Sendable, Hashable, Identifiable {
  public enum Priority: String, Sendable, Hashable, Codable, CaseIterable {
    case normal
    /// After all that are normal.
    case low
  }

  /// A UUID, as in the request's URLs.
  public var id: String
  public var app: AppID
  /// Path of the endpoint, with the query for a command app.
  public var path: String
  /// As the client sent them, without those that are about the connection or for the platform, and without keys.
  public var headers: [RequestHead.Header] {
    get { packedHeaders.headers }
    set { packedHeaders = PackedHeaders(newValue) }
  }
  public var packedHeaders: PackedHeaders
  public var caller: Caller
  public var priority: Priority
  public var submittedAt: Moment
  /// It is given up when no attempt has begun by then; nil: it waits as long as it takes.
  public var startBy: Moment?
  /// The limit came from the caller, and not from the app: `X-Fal-Request-Timeout-Type: user`.
  public var startLimitIsCallers: Bool
  /// What the caller said about retries; nil: as the app says.
  public var retries: RetryPolicy?
  /// Where its outcome is sent.
  public var webhook: String?
  /// Submitting the same key for the same app by the same user again gives the same request.
  public var idempotencyKey: String?
  /// `X-Fal-Runner-Hint`: the runner that is best for it.
  public var hint: String?
  /// Whether body and outcome may be kept after the caller has had the result: `X-Fal-Store-IO: 0` says no.
  public var isKept: Bool

  public init(id: String, app: AppID, path: String, caller: Caller, submittedAt: Moment) {
    self.id = id
    self.app = app
    self.path = path
    self.caller = caller
    self.submittedAt = submittedAt
    packedHeaders = PackedHeaders([])
    priority = .normal
    startLimitIsCallers = false
    isKept = true
  }
}
