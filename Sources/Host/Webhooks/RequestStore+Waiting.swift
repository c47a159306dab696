import EngineCore
import Queueing
import Store

/// Calls of the outbox, for those who can wait.
extension RequestStore {
  func due(at now: Moment, targets: Int, ofEach: Int, skipping: Set<String>) async throws -> DueDeliveries {
    try await answer { dueDeliveries(at: now, targets: targets, ofEach: ofEach, skipping: skipping, then: $0) }
  }

  func outcome(of id: String, bodyBytesMax: Int) async throws -> QueueOutcome? {
    try await answer { outcome(of: id, bodyBytesMax: bodyBytesMax, then: $0) }
  }

  func change(_ change: DeliveryChange) async throws -> QueueWritten { try await answer { self.change(change, then: $0) } }

  func deliveries(of user: String?, first count: Int) async throws -> [QueueDelivery] {
    try await answer { deliveries(of: user, first: count, then: $0) }
  }

  func deadDeliveries(of user: String?, first count: Int) async throws -> [QueueDelivery] {
    try await answer { deadDeliveries(of: user, first: count, then: $0) }
  }

  private func answer<Value: Sendable>(
    _ ask: (@escaping @Sendable (Result<Value, QueueFailure>) -> Void) -> Void
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { done in ask { done.resume(with: $0.mapError { $0 as any Error }) } }
  }
}
