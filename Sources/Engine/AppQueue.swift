import EngineCore

/// Apps in the order in which they came, each once.
struct AppQueue {
  private var order: [AppID] = []
  private var members: Set<AppID> = []

  var isEmpty: Bool { order.isEmpty }

  mutating func append(_ apps: some Sequence<AppID>) {
    for app in apps where members.insert(app).inserted { order.append(app) }
  }

  /// The first ones, at most `count`.
  mutating func take(_ count: Int) -> [AppID] {
    let taken = Array(order.prefix(count))
    order.removeFirst(taken.count)
    members.subtract(taken)
    return taken
  }
}
