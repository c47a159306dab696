public import AppModel

/// An alias on its way to a revision. An app has one at most.
///
/// A rollout begins with a deploy, or with going back to an older revision. It ends
/// - as *promoted*: under `rolling` the alias moves then, because a runner of the revision is ready at that moment; under
///   `recreate` it moved at the beginning, and the rollout only lasts where a first runner was asked for (`warm`),
/// - as *failed* when its first runner fails, or finds no room until the startup time-out: the alias stays where it is,
/// - as *superseded* when another one begins,
/// - as *removed* with the app.
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
  /// The revision's first runner failed, or found no room in time. Under `rolling` the alias stayed where it was.
  case failed(RunnerFailure)
  /// A newer deploy took its place.
  case superseded(by: RevisionID)
  /// The app was removed meanwhile.
  case removed
}
