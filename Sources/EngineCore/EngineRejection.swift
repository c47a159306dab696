/// Why an input is refused. Nothing has changed then.
public enum EngineRejection: Error, Sendable, Hashable {
  case unknownApp(AppID)
  case unknownRunner(RunnerID)
  case unknownRevision(AppID, RevisionID)
  /// It takes traffic, or is about to: set the alias to another one first.
  case revisionInUse(AppID, RevisionID)
  /// No node could ever hold one of its runners; why, in words.
  case neverPlaceable(String)
  /// That cannot have happened in this state: somebody is wrong about the runner.
  case impossible(RunnerID, state: String, input: String)
}

extension EngineRejection: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownApp(let app): "there is no app \(app)"
    case .unknownRunner(let runner): "there is no runner \(runner)"
    case .unknownRevision(let app, let revision): "\(app) has no revision \(revision)"
    case .revisionInUse(let app, let revision): "revision \(revision) of \(app) takes traffic, or is about to"
    case .neverPlaceable(let reason): reason
    case .impossible(let runner, let state, let input): "runner \(runner) is \(state): '\(input)' cannot happen"
    }
  }
}
