import EngineCore

/// Moments at which something is due, the earliest first: a heap. What is not due any more stays until its time, or until
/// the heap is built anew, so that whoever takes one looks whether it still counts.
struct Timetable {
  struct Entry {
    var at: Moment
    var sequence: Int64
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }
  var next: Moment? { heap.first?.at }

  mutating func add(_ sequence: Int64, at moment: Moment) {
    heap.append(Entry(at: moment, sequence: sequence))
    var child = heap.count - 1
    while child > 0, heap[child].at < heap[(child - 1) / 2].at {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func takeDue(at now: Moment) -> Entry? {
    guard let first = heap.first, first.at <= now else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[least].at {
        least = child
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  /// Keeps those that count.
  mutating func keep(where counts: (Entry) -> Bool) {
    let kept = heap.filter(counts)
    heap = []
    for entry in kept { add(entry.sequence, at: entry.at) }
  }
}
