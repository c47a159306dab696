/// What a revision is at present.
public enum RevisionStatus: String, Sendable, Hashable, Codable {
  /// Its rollout goes on, and it takes no traffic yet. Becomes `active`, `failed`, or `inactive` when a newer deploy
  /// takes its place.
  case deploying
  /// It takes the app's traffic. Becomes `inactive` when the alias moves on.
  case active
  /// It takes no traffic. Becomes `deploying` or `active` when the alias is set to it.
  case inactive
  /// Its rollout did not succeed and it never took traffic. Becomes what `inactive` can.
  case failed
}

extension AppState {
  public func status(of revision: Revision) -> RevisionStatus {
    if revision.id == alias { return .active }
    if revision.id == rollout?.revision { return .deploying }
    return revision.rolloutFailure != nil && !revision.wasActive ? .failed : .inactive
  }
}
