/// How long facts are kept for history.
///
/// When the first facts are gone, a new version of the server has to be able to read the snapshots of the one before:
/// what `EngineState` looks like as JSON may only be added to, with values for what is not there.
public struct FactRetention: Sendable, Hashable {
  public var ageMax: Duration
  /// Some 400 MB of database.
  public var countMax: Int64

  public init(ageMax: Duration = .seconds(90 * 24 * 3600), countMax: Int64 = 2_000_000) {
    self.ageMax = ageMax
    self.countMax = countMax
  }
}
