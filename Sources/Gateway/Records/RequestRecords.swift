import Glibc
import NIOCore

/// Gathers the records of requests that are over and hands them over, many at a time, so that one costs no lock.
final class RequestRecords {
  /// Records that are handed over at once.
  static let batchMax = 256
  /// So long a record waits for others at most.
  private static let waitMax = TimeAmount.milliseconds(100)

  private let loop: NIOIsolatedEventLoop
  private var observers: [any RequestObserver] = []
  private var batch: [RequestRecord] = []
  private var timer: Scheduled<Void>?
  /// Whether the event loop is about to end, so that nothing may wait.
  private var isClosing = false
  /// What the loop's clock is behind the time of day, in nanoseconds.
  private(set) var clockOffset = RequestRecords.offset()
  /// Records that an observer had no room for.
  private(set) var lost = 0

  init(loop: NIOIsolatedEventLoop) { self.loop = loop }

  /// Whether anybody is told of records at all.
  var areWanted: Bool { !observers.isEmpty }

  func add(observer: any RequestObserver) { observers.append(observer) }

  func add(_ record: RequestRecord) {
    guard areWanted else { return }
    if batch.isEmpty {
      batch.reserveCapacity(Self.batchMax)
      if timer == nil, !isClosing {
        timer = loop.scheduleTask(in: Self.waitMax) {
          self.timer = nil
          self.handOver()
        }
      }
    }
    batch.append(record)
    if batch.count == Self.batchMax || isClosing { handOver() }
  }

  /// The loop is about to end: what comes from now on is handed over at once.
  func close() {
    isClosing = true
    timer?.cancel()
    timer = nil
    handOver()
  }

  private func handOver() {
    guard !batch.isEmpty else { return }
    let records = batch
    batch = []
    for observer in observers { lost += observer.requestsEnded(records) }
    // The time of day may have been set anew.
    clockOffset = Self.offset()
  }

  private static func offset() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    return nanoseconds &- Int64(clamping: NIODeadline.now().uptimeNanoseconds)
  }
}
