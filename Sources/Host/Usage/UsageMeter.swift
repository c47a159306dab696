import Dispatch
import EngineCore
import Gateway
import Logging
import Store
import Synchronization

/// Adds requests up as the gateway tells them, and writes the sums down about once a second.
///
/// When the process is killed, the sums of that last second are lost. The time of runners is not: it is folded from the
/// journal.
final class UsageMeter: RequestObserver {
  private struct Pending {
    var sums: [RequestUsage.Key: RequestUsage] = [:]
    var isWriteDue = false
    var isFailing = false
    /// The store is about to be closed.
    var isClosed = false

    /// - Parameter overflowed: counts those that there is no room for.
    mutating func add(_ records: ArraySlice<RequestRecord>, _ overflowed: borrowing Atomic<Int>) {
      guard let first = records.first, let key = RequestUsage.Key(first) else { return }
      guard sums.count < UsageMeter.sumsMax || sums[key] != nil else {
        overflowed.add(records.count, ordering: .relaxed)
        return
      }
      var sum = sums[key] ?? RequestUsage()
      for record in records {
        sum.add(
          status: record.status, units: record.billableUnits, running: record.times.ran, runnerBusy: record.runnerBusy,
          bytesIn: record.bytesIn, bytesOut: record.bytesOut)
      }
      sums[key] = sum
    }
  }

  /// Records that wait to be added up: some twenty megabytes, and a second of the fastest gateway.
  private static let waitingMax = 65_536
  /// Sums that wait to be written down, while the disk is full say.
  fileprivate static let sumsMax = 100_000
  /// Time from the first request that is not written down until all are.
  private static let writeInterval = DispatchTimeInterval.seconds(1)
  /// Some thousand facts each; a server that was just updated has its whole journal to fold.
  private static let foldsAtOnce = 4

  private let book: UsageBook
  private let logger: Logger
  private let queue = DispatchQueue(label: "apolune.usage", qos: .utility)
  private let waiting = Atomic(0)
  private let overflowed = Atomic(0)
  /// Touched on the queue alone.
  private let pending = Mutex(Pending())

  init(_ book: UsageBook, logger: Logger) {
    self.book = book
    self.logger = logger
  }

  /// Requests that are missing in the sums, because there were too many sums.
  var lost: Int { overflowed.load(ordering: .relaxed) }

  func requestsEnded(_ records: [RequestRecord]) -> Int {
    let count = records.count
    guard waiting.add(count, ordering: .relaxed).newValue <= Self.waitingMax else {
      waiting.subtract(count, ordering: .relaxed)
      return records.count { $0.kind != .platform }
    }
    queue.async { [self] in
      add(records)
      waiting.subtract(count, ordering: .relaxed)
    }
    return 0
  }

  private func add(_ records: [RequestRecord]) {
    let isNew = pending.withLock { pending in
      for run in Runs(records) { pending.add(run, overflowed) }
      defer { if !pending.sums.isEmpty { pending.isWriteDue = true } }
      return !pending.isWriteDue && !pending.sums.isEmpty
    }
    if isNew { writeLater() }
  }

  private func writeLater() {
    queue.asyncAfter(deadline: .now() + Self.writeInterval) { [self] in
      let isClosed = pending.withLock { pending in
        pending.isWriteDue = false
        return pending.isClosed
      }
      if !isClosed { writeOrTell() }
    }
  }

  private func writeOrTell() {
    do {
      try write()
      let wasFailing = pending.withLock { pending in
        defer { pending.isFailing = false }
        return pending.isFailing
      }
      if wasFailing { logger.info("usage can be written down again") }
    } catch {
      let isFirst = pending.withLock { pending in
        defer { pending.isFailing = true }
        return !pending.isFailing
      }
      if isFirst { logger.warning("usage cannot be written down", metadata: ["error": "\(error)"]) }
    }
    let isDue = pending.withLock { pending in
      guard !pending.sums.isEmpty, !pending.isWriteDue else { return false }
      pending.isWriteDue = true
      return true
    }
    if isDue { writeLater() }
  }

  /// Requests wait until all facts are folded: only then is it known which machines their runners have.
  private func write() throws {
    for _ in 0..<Self.foldsAtOnce {
      guard try book.fold() else { continue }
      let sums = pending.withLock { $0.sums }
      guard !sums.isEmpty else { return }
      try book.add(sums)
      // Nothing was added meanwhile: that happens on this queue.
      return pending.withLock { $0.sums = [:] }
    }
  }

  /// Folds what the journal has, piece by piece.
  func catchUp() async throws {
    while book.isBehind, !Task.isCancelled { try await onQueue { [self] in try write() } }
  }

  /// With everything that the gateway has told, which it does a moment after a request has ended.
  func report(_ query: UsageQuery, now: Moment) async throws -> UsageBook.Rows {
    try await catchUp()
    return try await onQueue { [self] in
      try write()
      return try book.report(query, now: now)
    }
  }

  func prune(now: Moment) async throws { try await onQueue { [book] in try book.prune(now: now) } }

  /// Writes the last sums down. Blocks; nothing more may come.
  func close() {
    queue.sync {
      writeOrTell()
      pending.withLock { $0.isClosed = true }
    }
  }

  private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { done in queue.async { done.resume(with: Result { try body() }) } }
  }
}

/// Records in a row that belong to the same sum: to look that up for each of them would cost more than all the rest.
private struct Runs: Sequence, IteratorProtocol {
  private var rest: ArraySlice<RequestRecord>

  init(_ records: [RequestRecord]) { rest = records[...] }

  mutating func next() -> ArraySlice<RequestRecord>? {
    guard let first = rest.first else { return nil }
    let hour = UsageHour(first.times.endedAt)
    let run = rest.prefix { $0.isAddedUp(with: first) && UsageHour($0.times.endedAt) == hour }
    rest = rest.dropFirst(run.count)
    return run
  }
}

extension RequestUsage.Key {
  /// nil: no app had the request.
  init?(_ record: RequestRecord) {
    guard record.kind != .platform, let app = record.app else { return nil }
    self.init(
      at: record.times.endedAt, app: app, revision: record.revision, runner: record.runner, caller: record.caller.id,
      key: record.caller.key, payer: record.payer, kind: record.kind.rawValue)
  }
}
