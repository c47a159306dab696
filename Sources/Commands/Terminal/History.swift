/// What was entered before, oldest first.
struct History: Sendable, Hashable {
  /// Older entries than this many are forgotten.
  static let entriesMax = 1000
  /// A longer entry is not kept: it is a pasted program, not something to recall.
  static let entryBytesMax = 64 * 1024

  private(set) var entries: [String] = []

  init(_ entries: [String] = []) {
    for entry in entries { add(entry) }
  }

  /// Adds an entry, unless it is blank, too long or the same as the last; returns whether it did.
  @discardableResult mutating func add(_ entry: String) -> Bool {
    let isKept =
      entry != entries.last && entry.utf8.count <= Self.entryBytesMax && entry.contains { !$0.isWhitespace }
    guard isKept else { return false }
    entries.append(entry)
    if entries.count > Self.entriesMax { entries.removeFirst(entries.count - Self.entriesMax) }
    return true
  }

  /// The index of the youngest entry before `index` that holds `pattern`.
  func match(_ pattern: String, before index: Int) -> Int? {
    guard !pattern.isEmpty else { return nil }
    return entries[..<min(index, entries.count)].lastIndex { $0.contains(pattern) }
  }
}
