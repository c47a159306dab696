/// Why an input is refused. Nothing has changed then.
public enum EngineRejection: Error, Sendable, Hashable {
  case unknownApp(AppID)
  case unknownRunner(RunnerID)
  /// A revision is immutable and its id used once.
  case revisionExists(RevisionID)
  /// That cannot have happened in this state: somebody is wrong about the runner.
  case impossible(RunnerID, state: String, input: String)
}

extension EngineRejection: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownApp(let app): "there is no app \(app)"
    case .unknownRunner(let runner): "there is no runner \(runner)"
    case .revisionExists(let revision): "revision \(revision) exists already"
    case .impossible(let runner, let state, let input): "runner \(runner) is \(state): '\(input)' cannot happen"
    }
  }
}
