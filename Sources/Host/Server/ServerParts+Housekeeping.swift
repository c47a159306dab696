import Engine
import EngineCore
import Store

extension ServerParts {
  /// Time between two looks at whether a snapshot is due.
  private static let snapshotInterval = Duration.seconds(15)
  /// Looks between two clean-ups: an hour.
  private static let looksPerCleaning = 240

  /// Snapshots bound what the next start has to read; old facts, logs and bundles go.
  func keepHouse() -> Task<Void, Never> {
    Task {
      await verifyBundles()
      var looks = 0
      while !Task.isCancelled {
        do {
          try await Task.sleep(for: Self.snapshotInterval)
        } catch {
          // The server stops.
          return
        }
        looks += 1
        await attempt("results that nobody wants kept") {
          try await disk.run { [requests, clock] in _ = try requests.pruneSeen(now: clock.now) }
        }
        await attempt("a snapshot") { try await snapshotIfDue() }
        await attempt("usage") { try await usage.catchUp() }
        if looks % Self.looksPerCleaning == 0 { await clean() }
      }
    }
  }

  private func snapshotIfDue() async throws {
    guard store.isSnapshotDue else { return }
    let before = store.lastSequence
    let state = await engine.view
    // Another fact in between, and the state may not be the one of that number: the next look will do.
    guard store.lastSequence == before else { return }
    try await disk.run { [store] in _ = try store.snapshotIfNeeded(state, at: before) }
  }

  private func clean() async {
    let now = clock.now
    let bundles = Set(await engine.view.apps.values.flatMap { app in app.revisions.map(\.bundle.hash) })
    await attempt("old facts") { try await disk.run { [store] in _ = try store.prune(now: now) } }
    await attempt("old usage") { try await usage.prune(now: now) }
    await attempt("old logs") { try await disk.run { [logs] in _ = try logs.prune(now: now) } }
    await attempt("old results") { try await disk.run { [requests] in _ = try requests.prune(now: now) } }
    await attempt("old files") { try await files.disk.run { [files] in try files.sweep() } }
    await attempt("unused bundles") {
      try await disk.run { [store] in _ = try store.sweepBundles(keeping: bundles, now: now) }
    }
  }

  /// What a power failure cut is made whole again before a runner needs it.
  private func verifyBundles() async {
    for bundle in Set(await engine.view.apps.values.flatMap { app in app.revisions.map(\.bundle.hash) }) {
      guard !Task.isCancelled else { return }
      await attempt("a bundle") { try await disk.run { [store] in _ = try store.materialize(bundle) } }
    }
  }

  private func attempt(_ what: String, _ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      logger.warning("housekeeping failed", metadata: ["of": "\(what)", "error": "\(error)"])
    }
  }

  /// Tells on standard error what an operator wants to know.
  func tellEvents() -> Task<Void, Never> {
    let events = engine.events()
    return Task { for await event in events { tell(event) } }
  }

  private func tell(_ event: EngineEvent) {
    switch event {
    case .rolloutStarted(let app, let revision):
      logger.info("rollout started", metadata: ["app": "\(app)", "revision": "\(revision)"])
    case .rolloutEnded(let app, let revision, let outcome):
      logger.info("rollout ended", metadata: ["app": "\(app)", "revision": "\(revision)", "outcome": "\(outcome.word)"])
    case .runnerFailed(let app, let runner, let failure, _):
      logger.warning("runner failed", metadata: ["app": "\(app)", "runner": "\(runner)", "reason": "\(failure)"])
    case .runnerCrashed(let app, let runner, let failure):
      logger.warning("runner crashed", metadata: ["app": "\(app)", "runner": "\(runner)", "reason": "\(failure)"])
    case .appRemoved(let app): logger.info("app removed", metadata: ["app": "\(app)"])
    case .adopted(let runners):
      adopted.found(runners)
      logger.info("took over runners", metadata: ["runners": "\(runners)"])
    case .degraded(let reason): logger.error("nothing can be written down", metadata: ["reason": "\(reason)"])
    case .recovered: logger.info("facts can be written down again")
    case .fault(let text): logger.error("\(text)")
    case .runnerExited(_, let runner, _): logs.finish(runner)
    case .aliasMoved, .settingsChanged, .revisionDeleted, .runnerRequested, .runnerPlaced, .runnerWaits, .runnerStarted,
      .runnerReady, .runnerDraining, .log:
      break
    }
  }
}

extension RolloutOutcome {
  /// For a log: what it was, without the lines that a runner wrote.
  var word: String {
    switch self {
    case .promoted: "promoted"
    case .failed(let failure, _): "failed: \(failure)"
    case .superseded(let other): "superseded by \(other)"
    case .removed: "app removed"
    case .unfinished: "goes on with the next server"
    case .unknown: "unknown"
    }
  }
}
