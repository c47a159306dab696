import EngineCore

/// How rollouts ended lately, for those who ask after the end.
struct RolloutBook {
  struct Key: Hashable {
    var app: AppID
    var revision: RevisionID
  }

  /// Ends that are remembered; whoever deployed asks right away.
  private static let endedMax = 4096

  private var ended: [Key: RolloutOutcome] = [:]
  private var order: [Key] = []

  subscript(key: Key) -> RolloutOutcome? { ended[key] }

  mutating func end(_ key: Key, _ outcome: RolloutOutcome) {
    ended[key] = outcome
    order.append(key)
    guard order.count > Self.endedMax else { return }
    // Dropping in large steps keeps ending cheap.
    for key in order.prefix(Self.endedMax / 4) { ended[key] = nil }
    order.removeFirst(Self.endedMax / 4)
  }
}
