import AppModel
import EngineCore
import FoundationEssentials
import Queueing
import RunnerProtocol
import Testing

@testable import Store

/// A request with everything that one can have.
func request(
  _ id: String, at seconds: Int64 = 1, app: AppID = .words, idempotencyKey: String? = nil, webhook: String? = nil,
  isKept: Bool = true
) -> QueuedRequest {
  var request = QueuedRequest(
    id: id, app: app, path: "/count", caller: Caller(id: "ada", key: "k1"), submittedAt: .seconds(seconds))
  request.headers = [RequestHead.Header("content-type", "application/json"), RequestHead.Header("x-mine", "hällo")]
  request.priority = .low
  request.startBy = .seconds(seconds + 60)
  request.startLimitIsCallers = true
  request.retries = RetryPolicy()
  request.retries?.retries = ["timeout": 2]
  request.hint = "r7"
  request.idempotencyKey = idempotencyKey
  request.webhook = webhook
  request.isKept = isKept
  return request
}

func outcome(_ body: String = #"{"words":3}"#, status: Int = 200, at seconds: Int64 = 9) -> QueueOutcome {
  outcome(Array(body.utf8), status: status, at: seconds)
}

func outcome(_ body: [UInt8], status: Int = 200, at seconds: Int64 = 9) -> QueueOutcome {
  var outcome = QueueOutcome(
    status: status, errorType: status == 200 ? "" : "runner_disconnected",
    headers: [RequestHead.Header("content-type", "application/json")], body: body, endedAt: .seconds(seconds))
  outcome.startedAt = .seconds(seconds - 2)
  outcome.runner = RunnerID("r7")
  outcome.attempts = 2
  outcome.logs = [
    LogRecord(nanoseconds: 7, level: .info, source: .script, requestID: "a", message: "counting"),
    LogRecord(nanoseconds: 8, level: .error, source: .errors, requestID: "a", message: ""),
  ]
  return outcome
}

/// Bytes that no compression and no mistake in their order goes unnoticed with.
func noise(_ count: Int) -> [UInt8] {
  var state: UInt64 = 88_172_645_463_325_252
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8)
  while bytes.count < count {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
  }
  return Array(bytes.prefix(count))
}

extension RequestStore {
  func write(_ write: QueueWrite) async -> Result<QueueWritten, QueueFailure> {
    await withCheckedContinuation { done in self.write(write) { done.resume(returning: $0) } }
  }

  @discardableResult
  func submit(_ request: QueuedRequest, _ body: String = #"{"text":"a b a"}"#) async throws -> QueueWritten {
    try await write(.submitted(request, body: Array(body.utf8))).get()
  }

  @discardableResult
  func end(_ id: String, _ outcome: QueueOutcome) async throws -> QueueWritten {
    try await write(.ended(id: id, outcome)).get()
  }

  func body(of id: String) async throws -> [UInt8]? {
    try await withCheckedContinuation { done in body(of: id) { done.resume(returning: $0) } }.get()
  }

  func ended(_ id: String) async throws -> EndedRequest? {
    try await withCheckedContinuation { done in ended(id, bodyMax: .max) { done.resume(returning: $0) } }.get()
  }

  func change(_ change: DeliveryChange) async throws -> QueueWritten {
    try await withCheckedContinuation { done in self.change(change) { done.resume(returning: $0) } }.get()
  }

  func deliveries() async throws -> [QueueDelivery] {
    try await withCheckedContinuation { done in deliveries(first: 1000) { done.resume(returning: $0) } }.get()
  }

  func deadDeliveries() async throws -> [QueueDelivery] {
    try await withCheckedContinuation { done in deadDeliveries(first: 1000) { done.resume(returning: $0) } }.get()
  }

  func due(at now: Moment, targets: Int = 10, ofEach: Int = 10, skipping: Set<String> = []) async throws -> DueDeliveries {
    try await withCheckedContinuation { done in
      dueDeliveries(at: now, targets: targets, ofEach: ofEach, skipping: skipping) { done.resume(returning: $0) }
    }.get()
  }

  /// What was asked for with the writer before this is written.
  func settle() async throws { _ = try await change(.delivered(request: "nobody's", at: .seconds(0))) }

  var files: [String] { get throws { try Files.names(in: "\(folder)/queue") } }

  func ids() throws -> [String] { try pending().map(\.request.id) }
}

extension TemporaryFolder {
  /// What a kill at this moment would leave of the queue.
  func queueImage() throws -> TemporaryFolder {
    // The shared memory is made anew from the log, and could not be copied at one moment.
    let image = try crashImage(of: "queue.sqlite")
    try Files.remove(image.file("queue.sqlite-shm"))
    if try Files.status(file("queue")) != nil {
      try FileManager.default.copyItem(atPath: file("queue"), toPath: image.file("queue"))
    }
    return image
  }
}
