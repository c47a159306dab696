public import EngineCore

/// What the data folder says the engine's state is.
public struct Recovered: Sendable, Hashable {
  public var state: EngineState
  /// Of the last fact in `state`.
  public var sequence: Int64
  /// Of the last fact in the snapshot that recovery began with; 0: it began with nothing.
  public var snapshot: Int64
  /// Snapshots that could not be read, with reasons. Nothing is lost: an older one and more facts did as well.
  public var warnings: [String]

  public init(state: EngineState, sequence: Int64, snapshot: Int64, warnings: [String]) {
    self.state = state
    self.sequence = sequence
    self.snapshot = snapshot
    self.warnings = warnings
  }
}
