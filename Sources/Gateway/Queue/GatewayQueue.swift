import EngineCore
import NIOCore
import Queueing

/// The queue's storage as the event loop sees it, and what all apps share of the queue. Confined to the loop.
final class GatewayQueue {
  /// Puts work on the loop, unless that has ended.
  typealias Perform = @Sendable (@escaping @Sendable (Core) -> Void) -> Void

  /// Requests without an outcome, of all apps together; each takes some 1 KB of memory.
  static let requestsMax = 500_000
  /// Small bodies are kept in memory until their first attempt, within this: they are read from the disk otherwise.
  private static let cachedBodyMax = 64 * 1024
  private static let cachedBytesMax = 64 * 1_048_576
  /// Between two tries to write what could not be written.
  private static let rewriteDelay = TimeAmount.seconds(1)

  private struct Unwritten {
    var id: String
    var outcome: QueueOutcome
    var then: () -> Void
  }

  private let storage: any QueueStorage
  private let loop: NIOIsolatedEventLoop
  private let perform: Perform
  private var sequence: Int64 = 0
  private var cached: [String: ByteBuffer] = [:]
  private var cachedBytes = 0
  /// Outcomes that the storage did not take yet. As many as there were slots: while there are any, no attempt begins.
  private var unwritten: [Unwritten] = []
  private let onTurn: () -> Void
  /// Requests that could run if their key had not as many under way as it may; the first came first.
  private var held: [String: CircularBuffer<(id: String, queue: AppQueue)>] = [:]
  private let onFailure: @Sendable (QueueFailure) -> Void
  /// Requests without an outcome, of all apps.
  var count = 0

  /// - Parameters:
  ///   - onFailure: called with everything that the storage could not do.
  ///   - onTurn: called when outcomes cannot be written, and when they are written again.
  init(
    _ storage: any QueueStorage, loop: NIOIsolatedEventLoop, perform: @escaping Perform,
    onFailure: @escaping @Sendable (QueueFailure) -> Void, onTurn: @escaping () -> Void
  ) {
    self.storage = storage
    self.loop = loop
    self.perform = perform
    self.onFailure = onFailure
    self.onTurn = onTurn
  }

  /// Whether outcomes wait for a storage that does not take them: no attempt begins then.
  private(set) var isFailing = false

  /// A request of an earlier process has this place.
  func saw(_ sequence: Int64) { self.sequence = max(self.sequence, sequence) }

  /// - Parameter then: with the request's place in the queue once it is on the disk; nil: there was one with the same
  ///   idempotency key, which has this id.
  func submit(
    _ request: QueuedRequest, _ body: ByteBuffer,
    then: @escaping (Result<(id: String, place: Int64?), QueueFailure>) -> Void
  ) {
    storage.write(
      .submitted(request, body: Array(body.readableBytesView)),
      then: onLoop { [self] result in
        switch result {
        case .success(.existing(let id)): then(.success((id, nil)))
        case .success(.done), .success(.alreadyEnded), .success(.unknown):
          sequence += 1
          cache(body, of: request.id)
          then(.success((request.id, sequence)))
        case .failure(let failure): then(.failure(failure))
        }
      })
  }

  /// What helps to count attempts, and is not worth waiting for.
  func note(_ write: QueueWrite) { storage.write(write, then: onLoop { (_: Result<QueueWritten, QueueFailure>) in }) }

  /// Writes an outcome, again and again until it is written.
  ///
  /// - Parameters:
  ///   - first: what became of the first try.
  ///   - then: it is on the disk.
  func record(
    _ id: String, _ outcome: QueueOutcome, first: @escaping (Result<QueueWritten, QueueFailure>) -> Void = { _ in },
    then: @escaping () -> Void
  ) {
    storage.write(
      .ended(id: id, outcome),
      then: onLoop { [self] result in
        switch result {
        case .success: then()
        case .failure:
          unwritten.append(Unwritten(id: id, outcome: outcome, then: then))
          if unwritten.count == 1 { failed() }
        }
        first(result)
      })
  }

  private func failed() {
    isFailing = true
    onTurn()
    loop.scheduleTask(in: Self.rewriteDelay) { self.rewrite() }
  }

  private func rewrite() {
    let again = unwritten
    unwritten = []
    var left = again.count
    for entry in again {
      let first: (Result<QueueWritten, QueueFailure>) -> Void = { [self] _ in
        left -= 1
        guard left == 0, unwritten.isEmpty else { return }
        isFailing = false
        onTurn()
      }
      record(entry.id, entry.outcome, first: first, then: entry.then)
    }
  }

  /// The body of a request whose first attempt begins: from memory, or from the disk.
  func body(of id: String, then: @escaping (Result<ByteBuffer?, QueueFailure>) -> Void) {
    if let body = dropBody(of: id) { return then(.success(body)) }
    storage.body(of: id, then: onLoop { then($0.map { $0.map { ByteBuffer(bytes: $0) } }) })
  }

  func ended(_ id: String, bodyMax: Int, then: @escaping (Result<EndedRequest?, QueueFailure>) -> Void) {
    storage.ended(id, bodyMax: bodyMax, then: onLoop(then))
  }

  func part(
    ofBody id: String, from offset: Int, count: Int, then: @escaping (Result<[UInt8]?, QueueFailure>) -> Void
  ) {
    storage.part(ofBody: id, from: offset, count: count, then: onLoop(then))
  }

  // MARK: Keys that have as many requests as they may

  /// It goes on when one of the key's requests is over.
  func hold(_ id: String, of key: String, in queue: AppQueue) { held[key, default: CircularBuffer()].append((id, queue)) }

  /// A request of the key is over: the first that was held for it may try again.
  func placeFree(_ key: String) {
    while let (id, queue) = held[key]?.first {
      held[key]?.removeFirst()
      if held[key]?.isEmpty == true { held[key] = nil }
      if queue.released(id) { return }
    }
  }

  // MARK: Bodies in memory

  private func cache(_ body: ByteBuffer, of id: String) {
    guard body.readableBytes <= Self.cachedBodyMax, cachedBytes + body.readableBytes <= Self.cachedBytesMax else { return }
    cached[id] = body
    cachedBytes += body.readableBytes
  }

  @discardableResult
  func dropBody(of id: String) -> ByteBuffer? {
    guard let body = cached.removeValue(forKey: id) else { return nil }
    cachedBytes -= body.readableBytes
    return body
  }

  private func onLoop<Value: Sendable>(
    _ body: @escaping (Result<Value, QueueFailure>) -> Void
  ) -> @Sendable (Result<Value, QueueFailure>) -> Void {
    let bound = NIOLoopBound(body, eventLoop: loop.nonisolated())
    return { [perform, onFailure] result in
      if case .failure(let failure) = result { onFailure(failure) }
      perform { _ in bound.value(result) }
    }
  }
}
