import AppModel

extension Decision {
  /// More starts than this wait for the next decision, so that one decision stays short.
  static let startsMax = 64
  /// Runners that a rolling rollout starts beside the old revision's. With them, at most `max_concurrency` + 1 runners of
  /// an app take work or are about to. Those that are ending come on top: they must not hold back the ones that requests
  /// wait for, and each is bounded in time.
  static let candidatesMax = 1

  /// Brings the runners of the active revision to the number that fal's rules give.
  mutating func scaleActive() {
    guard app.removal == nil, let revision = app.active else { return }
    let scaling = app.scaling(of: revision)
    let inFlight = app.runners.reduce(0) { $1.revision == revision.id ? $0 + $1.inFlight : $0 }
    let whole = RunnerTarget(scaling, requests: inFlight + app.queue.count)
    let replaced = app.runners.filter { $0.revision == revision.id && $0.isReplaced && $0.state.isCounted }
    let floor = min(app.rollout?.revision == revision.id ? 1 : 0, whole.maximum)
    var counted = app.countedRunners(of: revision.id)
    // As long as fresh runners take the place of others, none of them is too many.
    let keep = max(whole.count, floor, replaced.isEmpty ? 0 : min(counted, whole.maximum))

    capRunners(of: revision, at: whole.maximum, &counted)
    retryFailed(of: revision, keeping: keep, &counted)
    retireIdle(of: revision, keeping: keep, after: scaling.keepAlive, &counted)
    retireReplaced(replaced, of: revision)

    guard counted < keep else { return }
    let isRipe = app.queue.oldestSince.map { reached($0 + scaling.scalingDelay) } ?? false
    let target = isRipe ? whole : RunnerTarget(scaling, requests: inFlight)
    start(max(target.count, floor) - counted, of: revision) { after in
      after < floor ? .rollout : target.cause(after: counted + after)
    }
  }

  mutating func startCandidate() {
    guard app.removal == nil, let candidate = app.candidate else { return }
    for runner in app.runners where runner.revision == candidate.id {
      if case .crashBackoff(let until) = runner.state, reached(until) { record(.runnerRetried(runner.id)) }
    }
    // Somebody asks for it: what it did when it was last in service does not hold it back.
    request(Self.candidatesMax - app.countedRunners(of: candidate.id), of: candidate) { _ in .rollout }
  }

  private mutating func start(_ count: Int, of revision: Revision, cause: (Int) -> Runner.Cause) {
    guard count > 0 else { return }
    if let holdUntil = revision.failures.holdUntil, !reached(holdUntil) { return }
    request(count, of: revision, cause: cause)
  }

  private mutating func request(_ count: Int, of revision: Revision, cause: (Int) -> Runner.Cause) {
    guard count > 0 else { return }
    for after in 0..<min(count, startsLeft) {
      record(.runnerRequested(newRunnerID(), revision.id, cause(after)))
    }
    if count > startsLeft { wakeAtOnce() }
    startsLeft -= min(count, startsLeft)
  }

  /// `max_concurrency` was lowered: what has the least to lose goes first.
  private mutating func capRunners(of revision: Revision, at maximum: Int, _ counted: inout Int) {
    guard counted > maximum else { return }
    let byLoss = app.runners.filter { $0.revision == revision.id && $0.isFresh }
      .sorted { lossOfEnding($0) < lossOfEnding($1) }
    for runner in byLoss.prefix(counted - maximum) {
      retire(runner)
      counted -= 1
    }
  }

  private func lossOfEnding(_ runner: Runner) -> Int {
    switch runner.state {
    case .crashBackoff: 0
    case .pending: 1
    case .setup: 2
    case .idle: 3
    case .running(let inFlight): 3 + inFlight
    case .draining, .terminating, .terminated: 0
    }
  }

  /// Runners whose start failed start again after their back-off, unless nothing needs them by now.
  private mutating func retryFailed(of revision: Revision, keeping keep: Int, _ counted: inout Int) {
    for runner in app.runners where runner.revision == revision.id && runner.isFresh {
      switch runner.state {
      case .crashBackoff(let until):
        if counted > keep {
          retire(runner)
          counted -= 1
        } else if reached(until) {
          record(.runnerRetried(runner.id))
        }
      case .terminating(let terminating):
        guard terminating.retryAt != nil, counted > keep else { continue }
        retire(runner)
        counted -= 1
      case .pending:
        // What nothing needs shall not stand in the way of others that wait.
        guard runner.isUnplaced, counted > keep else { continue }
        retire(runner)
        counted -= 1
      case .setup, .idle, .running, .draining, .terminated:
        continue
      }
    }
  }

  /// Runners that a fresh one is to replace go as fresh ones get ready: as many stay as there are fresh ones that are not.
  ///
  /// Until they are gone they come on top of `max_concurrency`, as many as there were. Where there is no room for both, the
  /// old one makes room after a while.
  private mutating func retireReplaced(_ replaced: [Runner], of revision: Revision) {
    guard !replaced.isEmpty else { return }
    let delay = revision.restart.placementDelay
    var stays = 0
    for runner in app.runners where runner.revision == revision.id && runner.isFresh && !runner.state.isReady {
      if runner.isUnplaced, case .pending(let since) = runner.state, reached(since + delay) { continue }
      stays += 1
    }
    guard replaced.count > stays else { return }
    for runner in replaced.sorted(by: { lossOfEnding($0) < lossOfEnding($1) }).prefix(replaced.count - stays) { retire(runner) }
  }

  /// Runners that nothing needs stop when their keep-alive is over, the longest idle first.
  private mutating func retireIdle(
    of revision: Revision, keeping keep: Int, after keepAlive: Duration, _ counted: inout Int
  ) {
    guard counted > keep, judgesTime else { return }
    var idle: [(id: RunnerID, since: Moment)] = []
    for runner in app.runners where runner.revision == revision.id && runner.isFresh {
      if case .idle(let since) = runner.state { idle.append((runner.id, since)) }
    }
    idle.sort { $0.since < $1.since }
    for runner in idle.prefix(counted - keep) {
      guard reached(runner.since + keepAlive), let whole = app.runner(runner.id) else { return }
      retire(whole)
      counted -= 1
    }
  }
}
