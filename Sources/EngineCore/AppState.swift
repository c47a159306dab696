public import AppModel

/// Everything the engine knows of one app.
public struct AppState: Sendable, Hashable, Codable, Identifiable {
  /// Ended runners that are kept to answer what happened.
  static let endedRunnersMax = 8
  /// Revisions that are kept although nothing runs on them.
  static let idleRevisionsMax = 16

  public let id: AppID
  /// Oldest first.
  public internal(set) var revisions: [Revision] = []
  /// The revision that takes traffic. nil before the first rollout went well, and from the app's removal on. Can become
  /// - another revision at the beginning of a `recreate` rollout, or at the end of a `rolling` one, when a runner of it is
  ///   ready,
  /// - nil when the app is removed.
  public internal(set) var alias: RevisionID?
  public internal(set) var rollout: Rollout?
  /// What holds beside the active revision's definition: settings that were changed, or inherited at its deploy.
  public internal(set) var settings = SettingsChange()
  /// Who may call, where it is not as the active revision says.
  public internal(set) var authOverride: Auth?
  /// Revisions that the app ever had; the next one's number.
  public internal(set) var revisionsMade = 0
  /// Counts what changes about the route.
  public internal(set) var routeVersion = 0
  public internal(set) var removal: Removal?
  /// Oldest first.
  public internal(set) var runners: [Runner] = []
  public internal(set) var queue = Queue()

  init(_ id: AppID) { self.id = id }

  /// The app goes away: no route, and every runner ends.
  public struct Removal: Sendable, Hashable, Codable {
    /// Runners that are still there are killed then.
    public var endBy: Moment
  }

  /// Requests that wait for a slot.
  public struct Queue: Sendable, Hashable, Codable {
    /// A longer wait, in seconds, is reported as this long: nobody waits for years.
    static let waitMax = 1e9

    public internal(set) var count = 0
    /// When the oldest of them came.
    public internal(set) var oldestSince: Moment?
  }
}

extension AppState {
  public func revision(_ id: RevisionID) -> Revision? { revisions.last { $0.id == id } }

  public func runner(_ id: RunnerID) -> Runner? { runners.last { $0.id == id } }

  /// The revision that takes traffic, as long as the app is not being removed.
  public var active: Revision? { alias.flatMap(revision) }

  /// The revision that is about to take traffic.
  public var candidate: Revision? {
    guard let rollout, rollout.revision != alias else { return nil }
    return revision(rollout.revision)
  }

  /// What is in force for `revision`: its definition with what was changed since, and what it inherits.
  public func definition(of revision: Revision) -> AppDefinition {
    if revision.id == alias { return settings.isEmpty ? revision.definition : settings.applied(to: revision.definition) }
    guard let rollout, rollout.revision == revision.id, !rollout.resetsScaling, let active else { return revision.definition }
    return SettingsChange(inheritedFrom: definition(of: active)).applied(to: revision.definition)
  }

  /// Who may call `revision`.
  public func auth(of revision: Revision) -> Auth {
    if revision.id == alias { return authOverride ?? revision.auth }
    return rollout?.revision == revision.id ? rollout?.auth ?? revision.auth : revision.auth
  }

  /// How `revision` is scaled.
  public func scaling(of revision: Revision) -> Scaling {
    revision.id == alias && settings.isEmpty ? revision.definition.scaling : definition(of: revision).scaling
  }

  /// Runners of `revision` that take requests or are going to, without those that a fresh one is to replace.
  public func countedRunners(of revision: RevisionID) -> Int {
    var count = 0
    for runner in runners where runner.revision == revision && runner.isFresh { count += 1 }
    return count
  }

  func index(of runner: RunnerID) -> Int? { runners.lastIndex { $0.id == runner } }

  /// Whether `revision` has a part to play: takes traffic, or is about to.
  func isWanted(_ revision: RevisionID) -> Bool {
    removal == nil && (revision == alias || revision == rollout?.revision)
  }
}
