/// A Ctrl-R search in progress: the youngest entry that holds the pattern, then the ones before it.
struct HistorySearch: Sendable, Hashable {
  /// The text before the search, brought back when it is given up.
  let original: String
  private(set) var pattern = ""
  /// Index of the entry that is shown.
  private(set) var found: Int?
  /// Whether the last step found nothing; the entry before it stays.
  private(set) var failed = false

  init(original: String) { self.original = original }

  /// The match may stay where it is when it holds the longer pattern too.
  mutating func extend(by added: String, in history: History) {
    pattern += added
    step(in: history, before: found.map { $0 + 1 } ?? history.entries.count)
  }

  mutating func shorten(in history: History) {
    guard pattern.popLast() != nil else { return failed = true }
    if pattern.isEmpty {
      found = nil
      failed = false
    } else {
      step(in: history, before: history.entries.count)
    }
  }

  mutating func next(in history: History) {
    step(in: history, before: found ?? history.entries.count)
  }

  private mutating func step(in history: History, before index: Int) {
    let match = history.match(pattern, before: index)
    failed = match == nil && !pattern.isEmpty
    found = match ?? found
  }
}
