extension Decision {
  /// How long a lost connection waits for the exit that explains it, and an exit for the runner's own last words.
  static let exitPatience = Duration.seconds(1)
  /// The data plane says so of a runner that it could not connect to: the exit says more.
  static let unreachableCode = "runner-unreachable"
  /// The runner watches its start itself and has more to say; the engine steps in only when it does not.
  static let startupMargin = Duration.seconds(2)

  /// Ends the present start of `runner`; it tries again after its back-off.
  mutating func failStart(of runner: Runner, _ failure: RunnerFailure, killAt: Moment) {
    let retryAt = recordFailedStart(of: runner, failure)
    record(.runnerTerminating(runner.id, killAt: killAt, retryAt: retryAt))
  }

  /// A start failed whose process is gone already.
  mutating func failEnded(_ runner: Runner, _ failure: RunnerFailure) {
    let retryAt = recordFailedStart(of: runner, failure)
    record(.runnerBackedOff(runner.id, until: retryAt))
  }

  /// Counts a failed start, and gives the time of the next one.
  mutating func recordFailedStart(of runner: Runner, _ failure: RunnerFailure) -> Moment {
    let history = app.revision(runner.revision)?.failures ?? .init()
    // A start that began before the previous failure failed along with it.
    let isNews = history.lastFailedStartAt.map { startedAt(runner) >= $0 } ?? true
    let failures = isNews ? history.failedStarts + 1 : max(1, history.failedStarts)
    let policy = app.revision(runner.revision)?.restart ?? .persistent
    let retryAt = now + policy.delay(afterFailedStarts: failures)
    record(.runnerStartFailed(runner.id, failure, failures: failures, retryAt: retryAt))
    endRollout(of: runner, failure)
    return retryAt
  }

  /// A ready runner broke. Its replacement is held back only when that happens again and again.
  mutating func crash(_ runner: Runner, _ failure: RunnerFailure) {
    let history = app.revision(runner.revision)?.failures ?? .init()
    let policy = app.revision(runner.revision)?.restart ?? .persistent
    let readyAt = runner.readyAt ?? now
    let crashes: Int
    if now - readyAt >= policy.stableAfter {
      crashes = 1
    } else if history.lastCrashAt.map({ readyAt >= $0 }) ?? true {
      crashes = history.crashes + 1
    } else {
      crashes = max(1, history.crashes)
    }
    let holdUntil = max(now + policy.delay(afterCrashes: crashes), history.holdUntil ?? now)
    record(.runnerCrashed(runner.id, failure, crashes: crashes, holdUntil: holdUntil))
  }

  /// The first failure of its runner ends a rollout.
  mutating func endRollout(of runner: Runner, _ failure: RunnerFailure) {
    guard app.rollout?.revision == runner.revision else { return }
    record(.rolloutEnded(runner.revision, .failed(failure)))
  }

  mutating func failOverdueStarts() {
    guard judgesTime else { return }
    for runner in app.runners {
      guard case .setup(let since) = runner.state, let revision = app.revision(runner.revision) else { continue }
      let limit = app.definition(of: revision).timeouts.startup
      if let end = runner.processEnd, reached(end.at + Self.exitPatience) {
        failEnded(runner, RunnerFailure(end.exit))
      } else if let lostAt = runner.linkLostAt, reached(lostAt + Self.exitPatience) {
        let message = "the connection to the runner was lost before it was ready"
        failStart(of: runner, RunnerFailure(code: "connection-lost", message: message), killAt: now)
      } else if reached(since + limit + Self.startupMargin) {
        let message = "the runner was not ready after \(limit)"
        let failure = RunnerFailure(code: "startup-timeout", message: message)
        failStart(of: runner, failure, killAt: now + grace(of: runner))
      }
    }
  }

  /// A rollout whose first runner does not get as far as starting waits no longer than a start may take.
  mutating func failOverdueRollout() {
    guard let rollout = app.rollout, let revision = app.revision(rollout.revision) else { return }
    let runners = app.runners.filter { $0.revision == revision.id && $0.state.isCounted }
    // One that starts has a time-out of its own.
    guard runners.allSatisfy(\.isHeldUp) else { return }
    let limit = app.definition(of: revision).timeouts.startup
    guard reached(rollout.startedAt + limit + Self.startupMargin) else { return }
    let cause =
      runners.last.flatMap { runner in runner.waitsFor.map { RunnerFailure(code: "no-room", message: $0) } ?? runner.failure }
    let failure = cause ?? RunnerFailure(code: "startup-timeout", message: "no runner of it could be started within \(limit)")
    record(.rolloutEnded(revision.id, .failed(failure)))
  }

  private func startedAt(_ runner: Runner) -> Moment {
    switch runner.state {
    case .pending(let since), .setup(let since): since
    case .idle, .running, .draining, .terminating, .crashBackoff, .terminated: runner.requestedAt
    }
  }
}

extension Runner {
  /// Whether it waits for something before it can start.
  fileprivate var isHeldUp: Bool {
    switch state {
    case .pending: placement == nil
    case .crashBackoff, .terminating: true
    case .setup, .idle, .running, .draining, .terminated: false
    }
  }
}

extension RunnerFailure {
  init(_ exit: RunnerExit) { self.init(code: exit.code, message: "the runner \(exit)") }
}

extension RunnerExit {
  /// Kebab-case, as in `RunnerFailure`.
  var code: String {
    switch self {
    case .exited: "runner-exited"
    case .signalled: "runner-killed"
    case .outOfMemory: "out-of-memory"
    case .unknown, .givenUp: "runner-lost"
    }
  }
}
