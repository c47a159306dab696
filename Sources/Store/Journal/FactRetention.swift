/// How long facts are kept for history.
public struct FactRetention: Sendable, Hashable {
  public var ageMax: Duration
  /// Some 400 MB of database.
  public var countMax: Int64

  public init(ageMax: Duration = .seconds(90 * 24 * 3600), countMax: Int64 = 2_000_000) {
    self.ageMax = ageMax
    self.countMax = countMax
  }
}
