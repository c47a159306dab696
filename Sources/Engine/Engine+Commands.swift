public import AppModel
public import EngineCore

extension Engine {
  /// Makes a revision and begins to move the app's alias to it. Returns once that is safe; see `outcome` for the end.
  public func deploy(
    _ app: AppID, _ revision: NewRevision, _ options: DeployOptions
  ) async throws(EngineError) -> RevisionID {
    let id = state.apps[app]?.nextRevisionID ?? RevisionID("\(app.name)-1")
    let made = Revision(
      id: id, definition: revision.definition, auth: revision.auth, restart: revision.restart, bundle: revision.bundle)
    try await give(.deploy(app, made, options.strategy, warm: options.warm))
    return id
  }

  /// Scales the app otherwise than its revision says; nil takes that back.
  public nonisolated func scale(_ app: AppID, _ scaling: Scaling?) async throws(EngineError) {
    try await give(.scale(app, scaling))
  }

  /// Ends a runner; it is replaced where it is missed.
  public nonisolated func stopRunner(_ runner: RunnerID, _ mode: Input.StopMode = .drain) async throws(EngineError) {
    try await give(.stopRunner(runner, mode))
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
    return app?.alias == key.revision ? .promoted : .unknown
  }

  private func cancelOutcome(_ id: Int, _ key: RolloutBook.Key) { rolloutWaiters.cancel(id, for: key) }

  private func cancelRemoval(_ id: Int, _ app: AppID) { removalWaiters.cancel(id, for: app) }
}
