import AppModel
import EngineCore
import RunnerProtocol

extension Engine {
  /// What a fact means to people, told before it is folded; nil for what only the machinery needs.
  func event(for fact: Fact) -> EngineEvent? {
    let app = fact.app
    switch fact.change {
    case .rolloutStarted(let revision, _, _):
      return .rolloutStarted(app, revision)
    case .rolloutEnded(let revision, let end):
      return .rolloutEnded(app, revision, outcome(of: app, revision, end))
    case .aliasMoved(let revision):
      return .aliasMoved(app, to: revision)
    case .settingsChanged, .authChanged:
      return .settingsChanged(app)
    case .revisionDeleted(let revision):
      return .revisionDeleted(app, revision)
    case .runnerPlaced(let runner, let placement):
      return .runnerPlaced(app, runner, placement)
    case .runnerWaits(let runner, let reason):
      return .runnerWaits(app, runner, reason: reason)
    case .runnerRequested(let runner, let revision, let cause):
      return .runnerRequested(app, revision, runner, cause)
    case .runnerStarted(let runner, let place):
      return .runnerStarted(app, runner, pid: place.pid)
    case .runnerReady(let runner):
      let requestedAt = state.runner(runner)?.requestedAt ?? fact.at
      return .runnerReady(app, runner, milliseconds: (fact.at - requestedAt).inSeconds * 1000)
    case .runnerStartFailed(let runner, let failure, _, let retryAt),
      .runnerNotPlaced(let runner, let failure, let retryAt):
      return .runnerFailed(app, runner, failure, retryAt: retryAt)
    case .runnerCrashed(let runner, let failure, _, _):
      return .runnerCrashed(app, runner, failure)
    case .runnerDraining(let runner, _):
      return .runnerDraining(app, runner)
    case .runnerEnded(let runner, let exit):
      return .runnerExited(app, runner, exit)
    case .appForgotten:
      return .appRemoved(app)
    case .revisionAdded, .appRemoved, .runnerReplacing, .runnerAdopted, .runnerLinkLost, .runnerProcessEnded, .runnerBackedOff,
      .runnerRetried,
      .runnerTerminating, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      return nil
    }
  }

  private func outcome(of app: AppID, _ revision: RevisionID, _ end: RolloutEnd) -> RolloutOutcome {
    switch end {
    case .promoted: .promoted
    case .failed(let failure): .failed(failure, lastLines: lastLines(of: app, revision))
    case .superseded(let newer): .superseded(by: newer)
    case .removed: .removed
    }
  }

  /// Of the revision's youngest runner: the one whose failure is told.
  private func lastLines(of app: AppID, _ revision: RevisionID) -> [LogRecord] {
    let runner = state.apps[app]?.runners.last { $0.revision == revision }
    return runner.map { output.lines(of: $0.id) } ?? []
  }

  /// Remembers what the fact says about the past, and wakes those who waited for it.
  func conclude(_ fact: Fact) {
    switch fact.change {
    case .appForgotten:
      removalWaiters.answer(true, for: fact.app)
    case .runnerEnded(let runner, _):
      output.end(runner)
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .rolloutEnded, .aliasMoved, .settingsChanged, .authChanged,
      .appRemoved, .runnerRequested, .runnerPlaced, .runnerWaits, .runnerReplacing, .runnerStarted, .runnerAdopted,
      .runnerReady, .runnerLinkLost, .runnerProcessEnded, .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried,
      .runnerCrashed,
      .runnerDraining, .runnerTerminating, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      break
    }
  }

  /// The end of a rollout, with the last lines as they were when it was decided.
  func conclude(_ event: EngineEvent) {
    guard case .rolloutEnded(let app, let revision, let outcome) = event else { return }
    let key = RolloutBook.Key(app: app, revision: revision)
    rollouts.end(key, outcome)
    rolloutWaiters.answer(outcome, for: key)
  }
}

extension Input.Event {
  /// The app that the input names itself; nil where it names a runner.
  var app: AppID? {
    switch self {
    case .deploy(let app, _, _), .setRevision(let app, _, _, _, _), .deleteRevision(let app, _), .change(let app, _),
      .replaceRunners(let app, _), .remove(let app, _), .demand(let app, _), .time(let app):
      app
    case .stopRunner, .runner, .nodes, .inventory: nil
    }
  }

  /// Whether it tells what the world is like, and so comes before everything else.
  var isSurvey: Bool {
    switch self {
    case .nodes, .inventory: true
    case .deploy, .setRevision, .deleteRevision, .change, .replaceRunners, .remove, .demand, .time, .stopRunner, .runner:
      false
    }
  }
}
