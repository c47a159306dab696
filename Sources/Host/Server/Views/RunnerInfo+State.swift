import AppModel
import ControlAPI
import EngineCore

extension RunnerInfo {
  init(_ runner: Runner, of app: AppState, at now: Moment) {
    let machine = runner.placement?.machine ?? app.revision(runner.revision)?.definition.machines.first
    self.init(
      id: runner.id.text, owner: app.id.owner, app: app.id.name, environment: app.id.environment,
      revision: runner.revision.text, state: runner.state.name, machineType: machine?.type ?? "",
      generation: runner.generation, requestedAt: runner.requestedAt.secondsSince1970, cause: runner.cause.rawValue)
    node = runner.placement?.node.text
    gpus = runner.placement?.gpus ?? []
    pid = runner.state.isTerminated ? nil : runner.place?.pid
    inFlight = runner.inFlight
    willBeReplaced = runner.isReplaced
    readyAt = runner.readyAt?.secondsSince1970
    switch runner.state {
    case .terminated(let at, let exit):
      endedAt = at.secondsSince1970
      reason = runner.failure?.message ?? exit.description
    case .idle(let since):
      if let revision = app.revision(runner.revision), !app.keepsIdleRunners(of: revision) {
        expiresIn = max(0, (since + app.definition(of: revision).scaling.keepAlive - now).inSeconds)
      }
      reason = runner.failure?.message
    case .pending, .crashBackoff: reason = runner.obstacle ?? runner.failure?.message
    case .setup, .running, .draining, .terminating: reason = runner.failure?.message
    }
  }
}

extension AppState {
  /// Whether runners of the revision stay although they are idle: since so many are always kept.
  fileprivate func keepsIdleRunners(of revision: Revision) -> Bool {
    let scaling = scaling(of: revision)
    return countedRunners(of: revision.id) <= max(scaling.minConcurrency, scaling.concurrencyBuffer)
  }
}

/// States that a listing was asked for.
struct RunnerStates: Sendable, Hashable {
  /// nil: every one that lives.
  private var names: Set<String>?

  private static let known = [
    "pending", "setup", "idle", "running", "draining", "terminating", "terminated", "crash_backoff",
  ]

  /// Of `idle,running`; nil and `all` mean every one that lives.
  init(_ text: String?) throws(APIFailure) {
    guard let text else { return }
    let parts = text.split(separator: ",").map { $0.lowercased() }
    for part in parts where part != "all" && !Self.known.contains(part) {
      throw APIFailure(
        400, "bad-query", "there is no state '\(part)'", fix: "it is all, or some of \(Self.known.joined(separator: ", "))")
    }
    names = parts.contains("all") || parts.isEmpty ? nil : Set(parts)
  }

  /// Whether to list a runner. Those that ended are listed where that was asked for, and with a `since`, from then on.
  func includes(_ state: RunnerState, since: Moment?) -> Bool {
    if case .terminated(let at, _) = state {
      if let since { return at >= since && names?.contains("terminated") ?? true }
      return names?.contains("terminated") == true
    }
    return names?.contains(state.name.lowercased()) ?? true
  }
}
