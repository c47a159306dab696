import Planning

/// Runners of all apps that wait for room, the oldest first: what somebody's end frees goes to them in that order.
struct WaitingList: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    var since: Moment
    var runner: RunnerID
    var app: AppID
    var wish: Wish

    fileprivate func isBefore(_ since: Moment, _ runner: RunnerID) -> Bool {
      (self.since, self.runner.text) < (since, runner.text)
    }
  }

  private(set) var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func insert(_ entry: Entry) {
    entries.insert(entry, at: index(of: entry.since, entry.runner))
  }

  mutating func remove(_ runner: RunnerID, since: Moment) {
    let index = index(of: since, runner)
    guard index < entries.count, entries[index].runner == runner else { return }
    entries.remove(at: index)
  }

  mutating func removeAll(of app: AppID) {
    if !entries.isEmpty { entries.removeAll { $0.app == app } }
  }

  func contains(_ app: AppID) -> Bool { entries.contains { $0.app == app } }

  private func index(of since: Moment, _ runner: RunnerID) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].isBefore(since, runner) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension AppState {
  /// The app's runners that wait for room.
  var waiting: [WaitingList.Entry] {
    runners.compactMap { runner in
      guard runner.isUnplaced, let revision = revision(runner.revision) else { return nil }
      return .init(since: runner.requestedAt, runner: runner.id, app: id, wish: Wish(definition(of: revision)))
    }
  }
}
