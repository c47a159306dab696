/// What the queue says of a request, as fal's clients read it.
struct QueueStatus: Sendable, Hashable, Codable {
  enum Phase: String, Sendable, Hashable, Codable {
    case waiting = "IN_QUEUE"
    case running = "IN_PROGRESS"
    case completed = "COMPLETED"
  }

  struct Log: Sendable, Hashable, Codable {
    /// ISO 8601.
    var timestamp: String
    var level: String?
    var message: String
  }

  var phase: Phase
  var requestID: String?
  /// How many are before it.
  var position: Int?
  var logs: [Log]?
  /// Why it failed; nil for one that did not.
  var error: String?
  var errorType: String?
  var statusURL: String?
  var resultURL: String?
  var cancelURL: String?

  init(_ phase: Phase) { self.phase = phase }

  private enum CodingKeys: String, CodingKey {
    case phase = "status"
    case requestID = "request_id"
    case position = "queue_position"
    case logs
    case error
    case errorType = "error_type"
    case statusURL = "status_url"
    case resultURL = "response_url"
    case cancelURL = "cancel_url"
  }
}
