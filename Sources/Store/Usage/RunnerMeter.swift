import EngineCore

/// Folds facts to the times that runners spent in each state. Pure: what it needs to go on is in the facts and in itself.
struct RunnerMeter: Sendable, Hashable {
  /// A runner that has not ended.
  struct Known: Sendable, Hashable, Codable {
    var app: AppID
    var revision: RevisionID
    /// Name of the machine type; nil while it has no place.
    var machine: String?
    /// GPUs that it has.
    var gpus = 0
    /// nil while it has no process.
    var state: MeteredState?
    /// When it came to that state.
    var since: Moment
  }

  private(set) var known: [RunnerID: Known]
  /// Those that are other than they were when this was last written down.
  private(set) var changed: Set<RunnerID> = []
  /// Those that ended lately: the last of their requests may be told after that.
  private var departed: [RunnerID: Known] = [:]
  private var departedBefore: [RunnerID: Known] = [:]

  init(known: [RunnerID: Known] = [:]) { self.known = known }

  /// Folds a fact; gives the time that it brings to an end.
  mutating func take(_ fact: Fact) -> RunnerTime? {
    switch fact.change {
    case .runnerRequested(let id, let revision, _):
      known[id] = Known(app: fact.app, revision: revision, since: fact.at)
      changed.insert(id)
      return nil
    case .runnerPlaced(let id, let placement):
      known[id]?.machine = placement.machine.type
      known[id]?.gpus = placement.machine.gpuCount
      changed.insert(id)
      return nil
    case .runnerStarted(let id, _): return move(id, to: .setup, at: fact.at)
    case .runnerReady(let id): return move(id, to: .ready, at: fact.at)
    case .runnerDraining(let id, _): return move(id, to: .draining, at: fact.at)
    case .runnerTerminating(let id, _, _):
      // One that is called off before it was started has no process yet, and may never have one.
      return known[id]?.state == nil ? nil : move(id, to: .terminating, at: fact.at)
    case .runnerBackedOff(let id, _), .runnerNotPlaced(let id, _, _), .runnerRetried(let id):
      let time = move(id, to: nil, at: fact.at)
      known[id]?.machine = nil
      known[id]?.gpus = 0
      return time
    case .runnerEnded(let id, _):
      let time = move(id, to: nil, at: fact.at)
      departed[id] = known.removeValue(forKey: id)
      return time
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerWaits, .runnerReplacing, .runnerAdopted, .runnerLinkLost, .runnerProcessEnded,
      .runnerStartFailed, .runnerCrashed, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      // Says nothing of when a process lives.
      return nil
    }
  }

  private mutating func move(_ id: RunnerID, to state: MeteredState?, at moment: Moment) -> RunnerTime? {
    guard let before = known[id] else { return nil }
    known[id]?.state = state
    known[id]?.since = moment
    changed.insert(id)
    return RunnerTime(before, until: moment)
  }

  /// The machine that a runner has, or had until a moment ago.
  func machine(of id: RunnerID) -> (name: String, gpus: Int)? {
    guard let runner = known[id] ?? departed[id] ?? departedBefore[id], let machine = runner.machine else { return nil }
    return (machine, runner.gpus)
  }

  /// Everything is written down.
  mutating func written() {
    changed = []
    departedBefore = departed
    departed = [:]
  }
}
