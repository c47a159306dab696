import Gateway
import Synchronization

/// Keeps the records of requests that are over, up to a limit.
final class Recorder: RequestObserver {
  private let kept = Mutex<[RequestRecord]>([])
  private let limit: Int

  init(limit: Int = .max) { self.limit = limit }

  var records: [RequestRecord] { kept.withLock { $0 } }

  func requestsEnded(_ records: [RequestRecord]) -> Int {
    kept.withLock { kept in
      let room = min(records.count, limit - kept.count)
      kept += records.prefix(room)
      return records.count - room
    }
  }

  /// Waits until there are so many.
  func records(_ count: Int) async throws -> [RequestRecord] {
    try await until("\(count) requests are recorded") { self.records.count >= count }
    return records
  }
}
