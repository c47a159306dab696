import EngineCore
import Queueing

/// What waits for the writer, in the order in which it came.
struct QueueIntake {
  struct Item: Sendable {
    var work: Work
    /// What goes into the row, of what has a body.
    var body: QueueBodies.Kept?
    var then: @Sendable (Result<QueueWritten, QueueFailure>) -> Void
  }

  enum Work: Sendable {
    case request(QueueWrite)
    /// The result of a request that is not kept was read.
    case seen(Int64, at: Moment)
    case delivery(DeliveryChange)
  }

  /// Ready to be written.
  private(set) var items: [Item] = []
  /// Taken in and not answered yet, those included whose body is on its way to a file, or that the writer has.
  private(set) var count = 0
  private(set) var bytes = 0
  /// Whether the writer is at work, or called.
  var isWriting = false
  var isClosed = false
  private let limits: QueueLimits

  init(_ limits: QueueLimits) { self.limits = limits }

  /// Keeps room for `work`. A submit is refused before all else: what was acknowledged has to come to an end.
  mutating func admit(_ work: Work) throws(QueueFailure) {
    guard !isClosed else { throw QueueFailure(code: "queue-closed", message: "the server is stopping") }
    let room = work.isSubmit ? 1 : 2
    let size = work.bodyBytes.count
    guard count < limits.writesMax * room, bytes == 0 || bytes + size <= limits.writeBytesMax * room else {
      throw QueueFailure(code: "queue-busy", message: "\(count) writes of the queue wait for the disk already")
    }
    count += 1
    bytes += size
  }

  mutating func append(_ item: Item) { items.append(item) }

  mutating func take() -> [Item] {
    defer { items = [] }
    return items
  }

  /// Gives back the room of what is about to be answered.
  mutating func leave(_ works: some Sequence<Work>) {
    for work in works {
      count -= 1
      bytes -= work.bodyBytes.count
    }
  }
}

extension QueueIntake.Work {
  fileprivate var isSubmit: Bool {
    guard case .request(.submitted) = self else { return false }
    return true
  }

  /// Empty where there is none.
  var bodyBytes: [UInt8] {
    switch self {
    case .request(.submitted(_, let body)): body
    case .request(.ended(_, let outcome)): outcome.body
    case .request(.started), .request(.requeued), .seen, .delivery: []
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
