/// The state of all apps: what the facts so far add up to.
///
/// It changes by `evolve` alone. Folding the same facts again gives the same state.
public struct EngineState: Sendable, Hashable, Codable {
  public internal(set) var apps: [AppID: AppState] = [:]
  /// Inputs that came too late to matter, since the beginning.
  public internal(set) var ignoredInputs = 0
  /// Where to find a runner. Holds exactly the runners of `apps`.
  var appsByRunner: [RunnerID: AppID] = [:]

  public init() {}

  /// The app that `runner` belongs to; nil once the runner is forgotten.
  public func app(of runner: RunnerID) -> AppID? { appsByRunner[runner] }

  public func runner(_ id: RunnerID) -> Runner? {
    appsByRunner[id].flatMap { apps[$0]?.runner(id) }
  }
}
