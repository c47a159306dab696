/// One start of one runner: what providers know runners by.
public struct RunnerInstance: Sendable, Hashable {
  /// The runner's id: letters, digits, `-` and `_` only, since it names a folder.
  public var id: String
  /// Counts the runner's starts, from 1.
  public var generation: Int

  public init(id: String, generation: Int) {
    self.id = id
    self.generation = generation
  }
}

extension RunnerInstance: CustomStringConvertible {
  public var description: String { generation == 1 ? id : "\(id)#\(generation)" }
}
