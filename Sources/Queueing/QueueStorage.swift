public import EngineCore

/// What is written down of a queued request.
public enum QueueWrite: Sendable {
  /// On the disk before it is acknowledged. Answered with `.existing` where the idempotency key is known already.
  case submitted(QueuedRequest, body: [UInt8])
  /// An attempt begins; survives the end of this process.
  case started(id: String, attempt: Int, runner: RunnerID, at: Moment)
  /// An attempt failed, and another may begin then.
  case requeued(id: String, notBefore: Moment)
  /// On the disk before it is shown. Answered with `.alreadyEnded` where there is an outcome already, which stays.
  case ended(id: String, QueueOutcome)
}

/// What became of a write.
public enum QueueWritten: Sendable, Hashable {
  case done
  /// The request that the idempotency key stands for.
  case existing(id: String)
  case alreadyEnded
  /// Nothing is known of this request.
  case unknown
}

/// A request that was acknowledged and has no outcome yet.
public struct PendingRequest: Sendable, Hashable {
  /// Grows with each submit: the order of the queue.
  public var sequence: Int64
  public var request: QueuedRequest
  /// Attempts that began before.
  public var attempts: Int
  /// No attempt before then.
  public var notBefore: Moment?

  public init(sequence: Int64, request: QueuedRequest, attempts: Int = 0, notBefore: Moment? = nil) {
    self.sequence = sequence
    self.request = request
    self.attempts = attempts
    self.notBefore = notBefore
  }
}

/// Why something could not be written or read.
public struct QueueFailure: Error, Sendable, Hashable {
  /// In kebab-case: `disk-full`, ….
  public var code: String
  public var message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// What is known of a request that has ended.
public struct EndedRequest: Sendable, Hashable {
  public var request: QueuedRequest
  public var outcome: QueueOutcome
  /// Of the outcome's body, also where that was left out.
  public var bodySize: Int

  public init(request: QueuedRequest, outcome: QueueOutcome, bodySize: Int? = nil) {
    self.request = request
    self.outcome = outcome
    self.bodySize = bodySize ?? outcome.body.count
  }
}

/// Where queued requests are kept. Calls return at once; answers come later, on any thread.
public protocol QueueStorage: Sendable {
  /// Writes in the order of the calls, many of them in one commit; `then` is called when it is safe. What has a large body
  /// may be written after what came later.
  func write(_ write: QueueWrite, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void)
  /// The body of a request; nil when nothing is known of it.
  func body(of id: String, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void)
  /// A request that has ended; nil when there is none of this id, or it is not kept any more.
  ///
  /// - Parameter bodyMax: a longer body of the outcome is left out; `part` has it.
  func ended(_ id: String, bodyMax: Int, then: @escaping @Sendable (Result<EndedRequest?, QueueFailure>) -> Void)
  /// Some bytes of an outcome's body, at most `count`; nil when it is not kept any more.
  func part(
    ofBody id: String, from offset: Int, count: Int, then: @escaping @Sendable (Result<[UInt8]?, QueueFailure>) -> Void)
  /// All requests without an outcome, in the order of the queue; asked once, at the start.
  func pending() throws(QueueFailure) -> [PendingRequest]
}
