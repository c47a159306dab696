import EngineCore
import HeapModule

/// Moments at which something is due, the earliest first. What is not due any more stays until its time, or until
/// `keep` takes it out, so that whoever takes one looks whether it still counts.
struct Timetable {
  struct Entry: Comparable {
    var at: Moment
    var sequence: Int64

    static func < (left: Entry, right: Entry) -> Bool { (left.at, left.sequence) < (right.at, right.sequence) }
  }

  private var heap: Heap<Entry> = []

  var count: Int { heap.count }
  var next: Moment? { heap.min?.at }

  mutating func add(_ sequence: Int64, at moment: Moment) { heap.insert(Entry(at: moment, sequence: sequence)) }

  mutating func takeDue(at now: Moment) -> Entry? {
    guard let first = heap.min, first.at <= now else { return nil }
    return heap.popMin()
  }

  /// Keeps those that count.
  mutating func keep(where counts: (Entry) -> Bool) { heap = Heap(heap.unordered.filter(counts)) }
}
