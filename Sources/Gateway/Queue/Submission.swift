import AppModel
import FoundationEssentials
import NIOHTTP1
import Queueing

/// What a submit asks of the queue itself, besides the app's input. Pure: made from the request's head.
struct Submission: Hashable {
  /// Bytes of an `Idempotency-Key`: enough for any kind of UUID or hash.
  static let idempotencyKeyMax = 255

  /// Of the endpoint, without the query.
  var path: String
  /// What it has for the app, with its question mark; or empty.
  var query: String
  var priority = QueuedRequest.Priority.normal
  var retries: RetryPolicy?
  var webhook: String?
  /// It is refused when as many wait already.
  var lengthMax: Int?
  var idempotencyKey: String?
  var isKept = true

  /// - Parameters:
  ///   - path: of the endpoint.
  ///   - query: with its question mark, or empty.
  /// - Throws: what the client did wrong, with what would be right.
  init(_ head: HTTPRequestHead, path: String, query: String) throws(Fault) {
    let fields = QueryFields(query)
    self.path = path
    self.query = fields.without(["fal_webhook", "fal_max_queue_length"])
    webhook = fields["fal_webhook"]
    if let webhook, let problem = WebhookTarget.problem(webhook) { throw .malformed("fal_webhook \(problem)") }
    if let text = fields["fal_max_queue_length"] {
      guard let length = Int(text), length >= 0 else {
        throw .malformed("fal_max_queue_length must be a whole number, 0 or more")
      }
      lengthMax = length
    }
    for (name, value) in head.headers { try take(name, value) }
    // Whoever says both means the stricter.
    if head.headers.first(name: "x-fal-no-retry")?.saysYes == true { retries = .never }
  }

  private mutating func take(_ name: String, _ value: String) throws(Fault) {
    if name.is("x-fal-queue-priority") {
      guard let priority = QueuedRequest.Priority(rawValue: value.lowercased()) else {
        throw .malformed("X-Fal-Queue-Priority must be normal or low")
      }
      self.priority = priority
    } else if name.is("x-fal-retry-config") {
      retries = try Self.retries(value)
    } else if name.is("x-fal-no-retry") {
      guard value.saysYes != nil else { throw .malformed("X-Fal-No-Retry must be 1 or 0") }
    } else if name.is("x-fal-store-io") {
      isKept = value.saysYes ?? true
    } else if name.is("idempotency-key") {
      guard !value.isEmpty, value.utf8.count <= Self.idempotencyKeyMax else {
        throw .malformed("Idempotency-Key must have 1 to \(Self.idempotencyKeyMax) bytes")
      }
      idempotencyKey = value
    }
  }

  private struct RetryEntry: Decodable {
    var retries: Int
  }

  /// `{"timeout": {"retries": 2}, …}`
  private static func retries(_ json: String) throws(Fault) -> RetryPolicy {
    let known = RetryCondition.allCases.map(\.rawValue).joined(separator: ", ")
    let wanted = #"X-Fal-Retry-Config must be JSON like {"timeout": {"retries": 2}}, with any of \#(known)"#
    let entries: [String: RetryEntry]
    do {
      entries = try JSONDecoder().decode([String: RetryEntry].self, from: Data(json.utf8))
    } catch {
      throw .malformed(wanted)
    }
    var policy = RetryPolicy()
    for (condition, entry) in entries {
      guard RetryCondition(rawValue: condition) != nil, entry.retries >= 0 else { throw .malformed(wanted) }
      policy.retries[condition] = entry.retries
    }
    return policy
  }
}

extension RetryPolicy {
  /// No retry at all.
  static var never: RetryPolicy {
    var policy = RetryPolicy()
    for condition in RetryCondition.allCases { policy.retries[condition.rawValue] = 0 }
    return policy
  }
}
