import Queueing

/// What waits for the writer, in the order in which it came.
struct QueueIntake {
  struct Item: Sendable {
    var work: Work
    var then: @Sendable (Result<QueueWritten, QueueFailure>) -> Void
  }

  enum Work: Sendable {
    case request(QueueWrite)
    /// The result of a request that is not kept was read.
    case seen(Int64)
    case delivery(DeliveryChange)
  }

  private(set) var items: [Item] = []
  private var bytes = 0
  /// Whether the writer is at work, or called.
  var isWriting = false
  var isClosed = false
  private let limits: QueueLimits

  init(_ limits: QueueLimits) { self.limits = limits }

  /// A submit is refused before all else: what was acknowledged has to come to an end.
  mutating func add(_ item: Item) throws(QueueFailure) {
    guard !isClosed else { throw QueueFailure(code: "queue-closed", message: "the server is stopping") }
    let room = item.work.isSubmit ? 1 : 2
    let size = item.work.bytes
    guard items.count < limits.writesMax * room, bytes == 0 || bytes + size <= limits.writeBytesMax * room else {
      throw QueueFailure(code: "queue-busy", message: "\(items.count) writes of the queue wait for the disk already")
    }
    items.append(item)
    bytes += size
  }

  mutating func take() -> [Item] {
    defer {
      items = []
      bytes = 0
    }
    return items
  }
}

extension QueueIntake.Work {
  fileprivate var isSubmit: Bool {
    guard case .request(.submitted) = self else { return false }
    return true
  }

  fileprivate var bytes: Int {
    switch self {
    case .request(.submitted(_, let body)): body.count
    case .request(.ended(_, let outcome)): outcome.body.count
    case .request(.started), .request(.requeued), .seen, .delivery: 0
    }
  }

  /// Whether it must survive a power failure before anybody hears of it. The others survive the end of this process.
  var isSynced: Bool {
    switch self {
    case .request(.submitted), .request(.ended): true
    case .request(.started), .request(.requeued), .seen, .delivery: false
    }
  }
}
