/// Timers by deadline: a binary heap in which cancelled timers stay until they are many.
struct TimerQueue {
  /// One call in the future. Cancel it when it is not needed any more.
  final class Entry {
    /// On the monotonic clock, in nanoseconds.
    let deadline: UInt64
    fileprivate let order: UInt64
    fileprivate(set) var body: (() -> Void)?
    fileprivate let cancelled: Counter

    fileprivate init(deadline: UInt64, order: UInt64, cancelled: Counter, body: @escaping () -> Void) {
      self.deadline = deadline
      self.order = order
      self.cancelled = cancelled
      self.body = body
    }

    func cancel() {
      guard body != nil else { return }
      body = nil
      cancelled.value += 1
    }

    fileprivate func isBefore(_ other: Entry) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : order < other.order
    }
  }

  fileprivate final class Counter {
    var value = 0
  }

  /// Cancelled timers that may stay however few the others are.
  private static let cancelledMax = 64

  private var heap: [Entry] = []
  private var added: UInt64 = 0
  private let cancelled = Counter()

  /// Timers held, cancelled ones included.
  var count: Int { heap.count }

  mutating func add(at deadline: UInt64, _ body: @escaping () -> Void) -> Entry {
    compactIfWorthwhile()
    added += 1
    let entry = Entry(deadline: deadline, order: added, cancelled: cancelled, body: body)
    heap.append(entry)
    siftUp(heap.count - 1)
    return entry
  }

  /// The earliest deadline of a timer that is not cancelled.
  mutating func nextDeadline() -> UInt64? {
    while let first = heap.first {
      if first.body != nil { return first.deadline }
      removeFirst()
      cancelled.value -= 1
    }
    return nil
  }

  /// Takes the next timer that is due, and gives what it runs.
  mutating func popDue(now: UInt64) -> (() -> Void)? {
    guard let deadline = nextDeadline(), deadline <= now, let entry = heap.first else { return nil }
    removeFirst()
    let body = entry.body
    entry.body = nil
    return body
  }

  /// Long deadlines of short requests would pile up; half of the heap may be dead, so the cost per timer is constant.
  private mutating func compactIfWorthwhile() {
    guard cancelled.value > Self.cancelledMax, cancelled.value > heap.count / 2 else { return }
    // A sorted array is a heap.
    heap = heap.filter { $0.body != nil }.sorted { $0.isBefore($1) }
    cancelled.value = 0
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    siftDown()
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[first]) {
        first = child
      }
      guard first != parent else { return }
      heap.swapAt(parent, first)
      parent = first
    }
  }
}
