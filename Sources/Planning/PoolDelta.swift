/// What one decision takes of the nodes and gives back, before it is folded into the pool.
public struct PoolDelta: Sendable, Hashable {
  public var taken: [Placement]
  public var freed: [Placement]

  public init(taken: [Placement] = [], freed: [Placement] = []) {
    self.taken = taken
    self.freed = freed
  }
}
