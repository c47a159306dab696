import EngineCore
import Queueing
import Synchronization

/// A queue's storage that forgets with its test; can be told to fail, and to take its time.
final class MemoryQueue: QueueStorage {
  struct Contents {
    var requests: [String: (pending: PendingRequest, body: [UInt8])] = [:]
    var outcomes: [String: QueueOutcome] = [:]
    var attempts: [String: Int] = [:]
    /// Every write that asked for an outcome, also the second of a request.
    var ends = 0
    var sequence: Int64 = 0
    var isFailing = false
    /// Answers that are held back; nil: none is.
    var held: [@Sendable () -> Void]?
  }

  let contents = Mutex(Contents())

  func write(_ write: QueueWrite, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void) {
    let result: Result<QueueWritten, QueueFailure> = contents.withLock { contents in
      guard !contents.isFailing else { return .failure(QueueFailure(code: "disk-full", message: "full")) }
      return .success(Self.apply(write, &contents))
    }
    answer { then(result) }
  }

  private static func apply(_ write: QueueWrite, _ contents: inout Contents) -> QueueWritten {
    switch write {
    case .submitted(let request, let body):
      if let key = request.idempotencyKey,
        let known = contents.requests.values.first(where: { $0.pending.request.idempotencyKey == key })
      {
        return .existing(id: known.pending.request.id)
      }
      contents.sequence += 1
      contents.requests[request.id] = (PendingRequest(sequence: contents.sequence, request: request), body)
    case .started(let id, let attempt, _, _):
      contents.attempts[id] = attempt
      contents.requests[id]?.pending.attempts = attempt
      contents.requests[id]?.pending.notBefore = nil
    case .requeued(let id, let notBefore): contents.requests[id]?.pending.notBefore = notBefore
    case .ended(let id, let outcome):
      contents.ends += 1
      guard contents.outcomes[id] == nil else { return .alreadyEnded }
      contents.outcomes[id] = outcome
    }
    return .done
  }

  func body(of id: String, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void) {
    let body = contents.withLock { $0.requests[id]?.body }
    answer { then(.success(body)) }
  }

  func ended(
    _ id: String, bodyMax: Int, then: @escaping @Sendable (Result<EndedRequest?, QueueFailure>) -> Void
  ) {
    let ended: EndedRequest? = contents.withLock { contents in
      guard let request = contents.requests[id], var outcome = contents.outcomes[id] else { return nil }
      let size = outcome.body.count
      if size > bodyMax { outcome.body = [] }
      return EndedRequest(request: request.pending.request, outcome: outcome, bodySize: size)
    }
    answer { then(.success(ended)) }
  }

  func part(
    ofBody id: String, from offset: Int, count: Int, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void
  ) {
    let part = contents.withLock { $0.outcomes[id].map { Array($0.body.dropFirst(offset).prefix(count)) } }
    answer { then(.success(part)) }
  }

  func pending() throws(QueueFailure) -> [PendingRequest] {
    contents.withLock { contents in
      contents.requests.values.map(\.pending).filter { contents.outcomes[$0.request.id] == nil }
        .sorted { $0.sequence < $1.sequence }
    }
  }

  private func answer(_ body: @escaping @Sendable () -> Void) {
    let isHeld = contents.withLock { contents in
      contents.held?.append(body)
      return contents.held != nil
    }
    if !isHeld { body() }
  }

  /// Answers come only after `release`.
  func hold() { contents.withLock { $0.held = [] } }

  func release() {
    let held = contents.withLock { contents in
      let held = contents.held ?? []
      contents.held = nil
      return held
    }
    for answer in held { answer() }
  }
}
