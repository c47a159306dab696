/// Decides which of the deliveries that are due are sent now: so many at once, so many of them to one server, and of those to
/// servers that did not take the last one so few that the others never wait for them.
///
/// Pure: methods are named after what happened.
public struct WebhookRounds: Sendable {
  /// Each holds a body, of 4 MB at most, and a connection.
  public static let sentAtOnceMax = 64
  /// What one server is sent at once: as browsers do, and no more than a small one bears.
  public static let sentToOneMax = 4
  /// A server that failed is asked with one at a time, until it takes one.
  public static let sentToTroubledMax = 1
  /// Of all that are sent at once, those to servers that failed: each may take the whole time-out.
  public static let troubledMax = 32
  /// Servers that are remembered to have failed; beyond it all are forgotten, which costs no more than their trying anew.
  public static let rememberedMax = 10_000

  /// The server of each that is under way, by request.
  private var underWay: [String: String] = [:]
  private var counts: [String: Int] = [:]
  private var troubled: Set<String> = []
  private var troubledCount = 0
  /// What ended since the outbox was asked: its answer may speak of them as they were before.
  private var settled: Set<String> = []

  public init() {}

  public var count: Int { underWay.count }

  /// Servers to which nothing more is sent now.
  public var closed: Set<String> {
    let isTroubleFull = troubledCount >= Self.troubledMax
    let full = counts.filter { target, count in
      count >= (troubled.contains(target) ? Self.sentToTroubledMax : Self.sentToOneMax)
    }
    return isTroubleFull ? troubled.union(full.keys) : Set(full.keys)
  }

  /// The outbox is asked what is due; `begin` comes with its answer.
  public mutating func asked() { settled = [] }

  /// Chooses of what is due, in that order; what is under way already is not chosen again, nor what has ended since `asked`.
  public mutating func begin(_ due: [(id: String, target: String)]) -> [String] {
    due.filter { begin($0.id, $0.target) }.map(\.id)
  }

  private mutating func begin(_ id: String, _ target: String) -> Bool {
    let isTroubled = troubled.contains(target)
    let count = counts[target, default: 0]
    guard underWay.count < Self.sentAtOnceMax, underWay[id] == nil, !settled.contains(id),
      count < (isTroubled ? Self.sentToTroubledMax : Self.sentToOneMax), !isTroubled || troubledCount < Self.troubledMax
    else { return false }
    underWay[id] = target
    counts[target] = count + 1
    if isTroubled { troubledCount += 1 }
    return true
  }

  /// - Parameter isTaken: whether the server took it; nil: nobody knows.
  public mutating func ended(_ id: String, isTaken: Bool?) {
    guard let target = underWay.removeValue(forKey: id), let count = counts[target] else { return }
    settled.insert(id)
    counts[target] = count > 1 ? count - 1 : nil
    if troubled.contains(target) { troubledCount -= 1 }
    guard let isTaken, isTaken == troubled.contains(target) else { return }
    let others = counts[target, default: 0]
    if isTaken {
      troubled.remove(target)
      troubledCount -= others
    } else {
      if troubled.count >= Self.rememberedMax { forgetTroubles() }
      troubled.insert(target)
      troubledCount += others
    }
  }

  private mutating func forgetTroubles() {
    troubled = []
    troubledCount = 0
  }
}
