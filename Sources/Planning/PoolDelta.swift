/// What one decision takes of the nodes and gives back, in order, before it is folded into the pool.
public struct PoolDelta: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case taken(Placement)
    case freed(Placement)
  }

  private(set) var steps: [Step] = []

  public init() {}

  public mutating func take(_ placement: Placement) { steps.append(.taken(placement)) }

  public mutating func free(_ placement: Placement) { steps.append(.freed(placement)) }
}
