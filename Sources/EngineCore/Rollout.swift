public import AppModel

/// An alias on its way to a revision.
///
/// A rollout begins with a deploy and ends as *promoted*, *failed* or *superseded*. Under `rolling` the alias moves at its
/// end, at the first ready runner; under `recreate` the alias moved at its beginning, and the rollout only lasts where
/// the deploy asked for a first runner (`warm`).
public struct Rollout: Sendable, Hashable, Codable {
  public var revision: RevisionID
  public var strategy: Strategy
  /// Whether a runner is started now, without waiting for a request. Always so under `rolling`.
  public var warm: Bool
  /// The settings come from the revision, and not from what the app has now.
  public var resetsScaling: Bool
  /// nil: who may call is as the revision says.
  public var auth: Auth?
  public var startedAt: Moment
}

/// How a rollout ended.
public enum RolloutEnd: Sendable, Hashable, Codable {
  /// The alias points to the revision; with a ready runner, unless the deploy did not ask for one.
  case promoted
  /// The revision's first runner failed. Under `rolling` the alias stayed where it was.
  case failed(RunnerFailure)
  /// A newer deploy took its place.
  case superseded(by: RevisionID)
  /// The app was removed meanwhile.
  case removed
}
