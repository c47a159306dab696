import EngineCore
import HeapModule

/// When each app next has something to do by itself, the earliest first: a heap, so that thousands of apps cost no more
/// than their logarithm.
///
/// A new time for an app leaves the old entry where it is; it is passed over when it comes to the top.
struct WakeQueue {
  private struct Entry: Comparable {
    var at: Moment
    var app: AppID

    static func < (left: Entry, right: Entry) -> Bool { (left.at, left.app) < (right.at, right.app) }
  }

  private var times: [AppID: Moment] = [:]
  private var heap: Heap<Entry> = []

  /// When the first app has something to do.
  var earliest: Moment? { heap.min?.at }

  /// - Parameter moment: nil: nothing but an input makes the app do something.
  mutating func set(_ moment: Moment?, for app: AppID) {
    guard times[app] != moment else { return }
    times[app] = moment
    if let moment { heap.insert(Entry(at: moment, app: app)) }
    // As many entries that say nothing as ones that do, and some, are borne; then they are swept out.
    if heap.count > 2 * times.count + 64 { rebuild() }
    dropPassed()
  }

  /// Takes out an app whose time has come by `now`, the earliest first.
  mutating func next(until now: Moment) -> AppID? {
    guard let first = heap.min, first.at <= now else { return nil }
    heap.removeMin()
    times[first.app] = nil
    dropPassed()
    return first.app
  }

  /// The top of the heap always says something.
  private mutating func dropPassed() {
    while let first = heap.min, times[first.app] != first.at { heap.removeMin() }
  }

  private mutating func rebuild() {
    heap = Heap(times.map { Entry(at: $0.value, app: $0.key) })
  }
}
