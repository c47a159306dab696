import EngineCore

/// When each app next has something to do by itself, the earliest first: a binary heap, so that thousands of apps cost
/// no more than their logarithm.
///
/// A new time for an app leaves the old entry where it is; it is passed over when it comes to the top.
struct WakeQueue {
  private struct Entry {
    var at: Moment
    var app: AppID
  }

  private var times: [AppID: Moment] = [:]
  private var heap: [Entry] = []

  /// When the first app has something to do.
  var earliest: Moment? { heap.first?.at }

  /// - Parameter moment: nil: nothing but an input makes the app do something.
  mutating func set(_ moment: Moment?, for app: AppID) {
    guard times[app] != moment else { return }
    times[app] = moment
    if let moment { push(Entry(at: moment, app: app)) }
    // As many entries that say nothing as ones that do, and some, are borne; then they are swept out.
    if heap.count > 2 * times.count + 64 { rebuild() }
    dropPassed()
  }

  /// Takes out an app whose time has come by `now`, the earliest first.
  mutating func next(until now: Moment) -> AppID? {
    guard let first = heap.first, first.at <= now else { return nil }
    _ = pop()
    times[first.app] = nil
    dropPassed()
    return first.app
  }

  /// The top of the heap always says something.
  private mutating func dropPassed() {
    while let first = heap.first, times[first.app] != first.at { _ = pop() }
  }

  private mutating func rebuild() {
    heap = times.map { Entry(at: $0.value, app: $0.key) }.sorted { $0.at < $1.at }
  }

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[index].at < heap[(index - 1) / 2].at {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func pop() -> Entry? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return last }
    heap[0] = last
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].at < heap[least].at {
        least = child
      }
      guard least != index else { return first }
      heap.swapAt(index, least)
      index = least
    }
  }
}
