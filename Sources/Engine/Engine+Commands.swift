public import AppModel
public import EngineCore

extension Engine {
  /// Makes a revision and begins to move the app's alias to it. Returns once that is safe; see `outcome` for the end.
  @discardableResult
  public nonisolated func deploy(
    _ app: AppID, _ revision: NewRevision, _ options: DeployOptions
  ) async throws(EngineError) -> RevisionID {
    let facts = try await give(.deploy(app, revision, options))
    for case .revisionAdded(let made) in facts.map(\.change) { return made.id }
    // The core makes one of every deploy that it takes.
    throw .rejected(.unknownApp(app))
  }

  /// Begins to move the app's alias to a revision that it has. Returns once that is safe; see `outcome` for the end.
  ///
  /// - Parameters:
  ///   - auth: nil: who may call is as the revision says.
  ///   - warm: starts a runner at once, and waits for it, under `recreate` too.
  public nonisolated func setRevision(
    _ app: AppID, _ revision: RevisionID, strategy: Strategy, auth: Auth? = nil, warm: Bool = false
  ) async throws(EngineError) {
    try await give(.setRevision(app, revision, strategy, auth: auth, warm: warm))
  }

  /// Forgets a revision that takes no traffic.
  public nonisolated func deleteRevision(_ app: AppID, _ revision: RevisionID) async throws(EngineError) {
    try await give(.deleteRevision(app, revision))
  }

  /// Changes settings without a new revision.
  public nonisolated func change(_ app: AppID, _ change: SettingsChange) async throws(EngineError) {
    try await give(.change(app, change))
  }

  /// Every runner makes room for a fresh one of the same revision.
  ///
  /// - Parameter forced: kills the old ones at once.
  public nonisolated func replaceRunners(_ app: AppID, forced: Bool = false) async throws(EngineError) {
    try await give(.replaceRunners(app, forces: forced))
  }

  /// Ends a runner. Scaling starts another where one is missed.
  ///
  /// - Parameter replaces: a fresh one takes its place before it goes.
  public nonisolated func stopRunner(
    _ runner: RunnerID, _ mode: Input.StopMode = .drain, replaces: Bool = false
  ) async throws(EngineError) {
    try await give(.stopRunner(runner, mode, replaces: replaces))
  }

  /// Takes the app away: no new requests, and every runner ends, the last ones by force after `grace`.
  public nonisolated func remove(_ app: AppID, grace: Duration = .seconds(5)) async throws(EngineError) {
    try await give(.remove(app, grace: grace))
  }

  /// Tells the app's current demand. Returns at once; of reports that follow closely only the last is looked at.
  public nonisolated func demand(_ app: AppID, _ demand: Demand) { mailbox.post(.demand(app, demand)) }

  /// Hands over a command, and waits until its facts are safe.
  @discardableResult
  nonisolated func give(_ event: Input.Event) async throws(EngineError) -> [Fact] {
    let answer = await withCheckedContinuation { reply in
      if let refusal = mailbox.post(Command(event: event, reply: reply)) { reply.resume(returning: .failure(refusal)) }
    }
    return try answer.get()
  }
}

// MARK: - Waiting

extension Engine {
  /// How the rollout of that revision ends, or has ended. Any number of callers may wait; the rollout goes on without them.
  ///
  /// - Throws: `CancellationError` when the caller's task is cancelled.
  public func outcome(of app: AppID, _ revision: RevisionID) async throws -> RolloutOutcome {
    let key = RolloutBook.Key(app: app, revision: revision)
    if let known = knownOutcome(key) { return known }
    let id = newWaiter()
    let outcome: RolloutOutcome? = await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        if Task.isCancelled { return waiter.resume(returning: nil) }
        rolloutWaiters.add(waiter, id, for: key)
      }
    } onCancel: {
      // Runs after the waiter is in its place: the actor is not left before.
      Task { await self.cancelOutcome(id, key) }
    }
    guard let outcome else { throw CancellationError() }
    return outcome
  }

  /// Waits until nothing is left of the app.
  ///
  /// - Throws: `CancellationError` when the caller's task is cancelled, or the engine left before.
  public func removed(_ app: AppID) async throws {
    guard state.apps[app] != nil else { return }
    let id = newWaiter()
    let isGone: Bool? = await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        if Task.isCancelled || isOver { return waiter.resume(returning: nil) }
        removalWaiters.add(waiter, id, for: app)
      }
    } onCancel: {
      Task { await self.cancelRemoval(id, app) }
    }
    guard isGone == true else { throw CancellationError() }
  }

  private var isOver: Bool {
    if case .over = phase { true } else { false }
  }

  private func knownOutcome(_ key: RolloutBook.Key) -> RolloutOutcome? {
    let app = state.apps[key.app]
    if app?.rollout?.revision == key.revision { return isOver ? .unfinished : nil }
    if let ended = rollouts[key] { return ended }
    // From before this engine: as far as the state tells.
    guard let app, let revision = app.revision(key.revision) else { return .unknown }
    if app.alias == key.revision || revision.wasActive { return .promoted }
    return revision.rolloutFailure.map { .failed($0, lastLines: []) } ?? .unknown
  }

  private func cancelOutcome(_ id: Int, _ key: RolloutBook.Key) { rolloutWaiters.cancel(id, for: key) }

  private func cancelRemoval(_ id: Int, _ app: AppID) { removalWaiters.cancel(id, for: app) }
}
