/// What came to pass in a life: to see that the simulation meets what it is made for.
public struct LifeReport: Sendable, Hashable {
  public internal(set) var lives = 0
  public internal(set) var steps = 0
  public internal(set) var facts = 0
  public internal(set) var runners = 0
  public internal(set) var serverCrashes = 0
  /// Runners that lived through the end of a server.
  public internal(set) var adopted = 0
  public internal(set) var failedWrites = 0
  public internal(set) var snapshots = 0
  public internal(set) var nodesLost = 0
  public internal(set) var commands = 0
  public internal(set) var rejections = 0
  public internal(set) var promotions = 0
  public internal(set) var waits = 0

  public init() {}

  public static func += (left: inout LifeReport, right: LifeReport) {
    left.lives += right.lives
    left.steps += right.steps
    left.facts += right.facts
    left.runners += right.runners
    left.serverCrashes += right.serverCrashes
    left.adopted += right.adopted
    left.failedWrites += right.failedWrites
    left.snapshots += right.snapshots
    left.nodesLost += right.nodesLost
    left.commands += right.commands
    left.rejections += right.rejections
    left.promotions += right.promotions
    left.waits += right.waits
  }
}

extension LifeReport: CustomStringConvertible {
  public var description: String {
    """
    \(lives) lives: \(steps) steps, \(facts) facts, \(runners) runners; \(commands) commands, \(rejections) refused; \
    \(promotions) aliases moved; \(waits) waits for room; \(serverCrashes) servers crashed, \(adopted) runners adopted; \
    \(failedWrites) writes failed; \(snapshots) snapshots; \(nodesLost) nodes lost
    """
  }
}
