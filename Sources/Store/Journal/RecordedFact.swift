public import EngineCore

/// A fact with its place in the journal.
public struct RecordedFact: Sendable, Hashable {
  /// Grows by 1 from fact to fact.
  public var sequence: Int64
  public var fact: Fact

  public init(sequence: Int64, fact: Fact) {
    self.sequence = sequence
    self.fact = fact
  }
}
