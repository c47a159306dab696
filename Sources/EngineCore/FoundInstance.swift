/// A runner's process that a provider found alive after its host was started again.
public struct FoundInstance: Sendable, Hashable {
  public var id: RunnerID
  public var generation: Int
  public var place: Runner.Place

  public init(id: RunnerID, generation: Int, place: Runner.Place) {
    self.id = id
    self.generation = generation
    self.place = place
  }
}
