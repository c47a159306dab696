import Engine
import EngineCore

extension RunSession {
  /// Tells the listener what the engine reports, and keeps log lines for `logs`.
  func pass(on event: EngineEvent) {
    switch event {
    case .log(_, let runner, let record):
      logs.append(runner, record)
      report.yield(.log(runner, record))
    case .runnerReady(let app, let runner, let milliseconds):
      report.yield(.runner(runner, app: app, state: "ready", detail: "after \(Int(milliseconds.rounded())) ms"))
    case .runnerFailed(let app, let runner, let failure, _):
      report.yield(.runner(runner, app: app, state: "failed", detail: failure.message))
    case .runnerCrashed(let app, let runner, let failure):
      report.yield(.runner(runner, app: app, state: "crashed", detail: failure.message))
    case .runnerExited(let app, let runner, let exit):
      report.yield(.runner(runner, app: app, state: "ended", detail: exit.description))
    case .fault(let text): report.yield(.problem(text))
    case .runnerWaits(let app, let runner, let reason):
      report.yield(.runner(runner, app: app, state: "waits", detail: reason))
    case .degraded(let reason): report.yield(.problem(reason))
    case .rolloutStarted, .rolloutEnded, .aliasMoved, .settingsChanged, .revisionDeleted, .runnerRequested, .runnerPlaced,
      .runnerStarted, .runnerDraining, .appRemoved, .adopted, .recovered:
      break
    }
  }
}
