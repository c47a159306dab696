import EngineCore
import Queueing
import Store

/// One attempt at one delivery.
struct WebhookAttempt: Sendable {
  var outbox: RequestStore
  var key: WebhookKey
  var sender: WebhookSender

  /// - Returns: what is to be written down of it.
  /// - Throws: `CancellationError`, and what the outbox says when it cannot be read.
  func run(_ delivery: QueueDelivery, now: () -> Moment) async throws -> DeliveryChange {
    let request = delivery.request
    // One more than may be sent, which shows that it is too large.
    let bytesMax = WebhookPayload.resultBytesMax + 1
    guard let url = request.webhook, let outcome = try await outbox.outcome(of: request.id, bodyBytesMax: bytesMax) else {
      return .dead(request: request.id, attempts: delivery.attempts, problem: "the result is not kept any more")
    }
    let body = try WebhookPayload.bytes(id: request.id, outcome)
    let seconds = now().nanoseconds / 1_000_000_000
    let headers = try key.headers(request: request.id, user: request.caller.id, at: seconds, body)
    guard let problem = try await sender.post(url, headers, body) else {
      return .delivered(request: request.id, at: now())
    }
    let attempts = delivery.attempts + 1
    guard let next = WebhookSchedule.next(after: attempts, id: request.id, failedAt: now()) else {
      return .dead(request: request.id, attempts: attempts, problem: problem)
    }
    return .failed(request: request.id, attempts: attempts, problem: problem, next: next)
  }
}
