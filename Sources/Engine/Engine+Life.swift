import EngineCore

/// Beginning and end.
extension Engine {
  /// Begins to listen, takes over what an earlier engine left running, and takes up what the recovered state says. Returns
  /// when the inventory was taken, or when that could not be written down: it is tried again then, see `problem`.
  public func start() async {
    guard case .built = phase else { return }
    // All routes first: requests for any app then wait instead of finding nothing.
    let known = state.apps.keys.sorted()
    for app in known { act(for: app, at: clock.now) }
    phase = .adopting
    provider.begin { [mailbox, output] event in Self.forward(event, to: mailbox, output) }
    Task { [weak self, mailbox] in
      for await _ in mailbox.arrivals { await self?.turn() }
    }
    await withCheckedContinuation { startWaiters.append($0) }
  }

  /// Whatever came of the first inventory: it is not waited for any longer.
  func wakeStartWaiters() {
    for waiter in startWaiters { waiter.resume() }
    startWaiters = []
  }

  /// Stops deciding and leaves the runners alone: the next engine takes them over. Rollouts go on with it.
  ///
  /// - Parameter runnersEndWithin: ends the runners too, although their apps stay: they are told to finish, and what still
  ///   runs after that time is killed. The next engine starts what is needed then.
  public func leave(runnersEndWithin grace: Duration? = nil) async {
    guard case .serving = phase else { return await close(.leave) }
    flush()
    guard let grace else { return await close(.leave) }
    phase = .ending(.runners)
    if commit(stopping: grace) { await ended(within: grace) }
    await close(.kill)
  }

  /// Removes all apps, waits until the last runner has ended, closes the provider, and ends all event streams. For a host
  /// that keeps nothing.
  ///
  /// - Parameter grace: after it, what still runs is killed.
  public func stop(grace: Duration) async {
    guard case .serving = phase else { return await close(.kill) }
    phase = .ending(.apps)
    var batch = Batch(at: clock.now)
    for app in state.apps.keys.sorted() { decideOrTell(.remove(app, grace: grace), &batch) }
    if commit(batch), !state.apps.isEmpty { await withCheckedContinuation { endWaiters.append($0) } }
    await close(.kill)
  }

  /// Mail that has come already is worked on, as far as that goes.
  private func flush() {
    // Each turn may bring more: of answers to what it did, not endlessly.
    for _ in 0..<Self.lastTurnsMax where !mailbox.isEmpty { turn() }
  }

  private static let lastTurnsMax = 16

  private func commit(stopping grace: Duration) -> Bool {
    var batch = Batch(at: clock.now)
    for app in state.apps.values.sorted(by: { $0.id < $1.id }) {
      for runner in app.runners where !runner.state.isTerminated {
        decideOrTell(.stopRunner(runner.id, .drain, replaces: false), &batch)
      }
    }
    return commit(batch)
  }

  private func decideOrTell(_ event: Input.Event, _ batch: inout Batch) {
    do {
      try decide(event, &batch)
    } catch {
      hub.send(.fault("\(error)"))
    }
  }

  /// Waits until no runner has a process any more, or the time is over.
  private func ended(within grace: Duration) async {
    guard !isDone else { return }
    let end = clock.now + grace
    let timeout = Task { [clock, weak self] in
      do {
        try await clock.sleep(until: end)
      } catch {
        // All runners have ended before.
        return
      }
      await self?.wakeEndWaiters()
    }
    await withCheckedContinuation { endWaiters.append($0) }
    timeout.cancel()
  }

  func endIfDone() {
    if isDone { wakeEndWaiters() }
  }

  private var isDone: Bool {
    switch phase {
    case .built, .adopting, .serving: false
    case .ending(.apps): state.apps.isEmpty
    case .ending(.runners): !state.apps.values.contains { $0.runners.contains(where: \.mayHaveProcess) }
    case .over: true
    }
  }

  private func wakeEndWaiters() {
    for waiter in endWaiters { waiter.resume() }
    endWaiters = []
  }

  private enum Farewell {
    case leave
    case kill
  }

  private func close(_ farewell: Farewell) async {
    if case .over = phase { return }
    phase = .over
    alarm?.task.cancel()
    alarm = nil
    for command in mailbox.close() { command.reply.resume(returning: .failure(.stopping)) }
    rolloutWaiters.answerAll(.unfinished)
    removalWaiters.cancelAll()
    wakeEndWaiters()
    wakeStartWaiters()
    switch farewell {
    case .leave: await provider.leave()
    case .kill: await provider.close()
    }
    hub.finish()
  }
}

extension Runner {
  /// Whether its process may live, or be about to.
  fileprivate var mayHaveProcess: Bool {
    switch state {
    case .setup, .idle, .running, .draining, .terminating: true
    case .pending, .crashBackoff, .terminated: false
    }
  }
}
