import EngineCore

/// The one way in: decide → write down → act.
extension Engine {
  /// Works on what waits, as much as fits into one batch.
  func turn() {
    let now = clock.now
    if let alarm, alarm.at <= now { self.alarm = nil }
    if let obstacle = health.obstacle(at: now) {
      refuseCommands(obstacle.error)
      return setAlarm(at: obstacle.retryAt)
    }
    switch phase {
    case .built, .over: break
    case .adopting: adopt(at: now)
    case .serving, .ending: work(at: now)
    }
  }

  /// Takes what the provider says of its nodes and of what still runs; everything else waits.
  private func adopt(at now: Moment) {
    var batch = Batch(at: now)
    var hasInventory = false
    for event in mailbox.takeSurvey() {
      if case .inventory = event { hasInventory = true }
      decide(.input(event), &batch)
    }
    guard commit(batch) else { return wakeStartWaiters() }
    guard hasInventory else { return }
    let adopted = batch.facts.count { if case .runnerAdopted = $0.change { true } else { false } }
    if adopted > 0 { hub.send(.adopted(runners: adopted)) }
    phase = .serving
    // What is due for any of them is told from now on.
    settling.append(state.apps.keys.sorted())
    settling.append([.none])
    mailbox.ring()
    wakeStartWaiters()
  }

  private func work(at now: Moment) {
    var batch = Batch(at: now)
    for letter in mailbox.take(Batch.inputsMax) { decide(letter, &batch) }
    var rest = Batch.inputsMax
    while rest > 0, let app = wakes.next(until: now) {
      decide(.input(.time(app)), &batch)
      rest -= 1
    }
    for app in settling.take(rest) { decide(.input(.time(app)), &batch) }
    commit(batch)
  }

  private func planNextTurn(_ now: Moment) {
    // Before the inventory, what waits has to wait for it.
    if case .adopting = phase, health.problem == nil { return }
    if let obstacle = health.obstacle(at: now) {
      setAlarm(at: obstacle.retryAt)
    } else if !mailbox.isEmpty || !settling.isEmpty || wakes.earliest.map({ $0 <= now }) == true {
      mailbox.ring()
    } else if let earliest = wakes.earliest {
      setAlarm(at: earliest)
    }
  }

  private func decide(_ letter: Mailbox.Letter, _ batch: inout Batch) {
    switch letter {
    case .input(let event):
      // Also where it is refused: with what came before it undone, it may be right.
      batch.keep(event)
      do {
        try decide(event, &batch)
      } catch {
        hub.send(.fault("\(error)"))
      }
    case .command(let command):
      guard case .serving = phase else { return command.reply.resume(returning: .failure(.stopping)) }
      do {
        batch.answer(command, .success(try decide(command.event, &batch)))
      } catch {
        batch.answer(command, .failure(.rejected(error)))
      }
    }
  }

  /// Folds what follows from `event`; it holds once the batch is written.
  @discardableResult
  func decide(_ event: Input.Event, _ batch: inout Batch) throws(EngineRejection) -> [Fact] {
    let seed = UInt64.random(in: .min ... .max)
    let facts = try state.decide(Input(at: batch.at, seed: seed, event))
    if let app = event.app { batch.touch(app, in: state) }
    for fact in facts {
      batch.touch(fact.app, in: state)
      batch.add(fact, self.event(for: fact))
      state.evolve(fact)
    }
    return facts
  }

  /// Writes the batch down and does what follows from it; or makes it undone.
  ///
  /// - Returns: whether it was written.
  @discardableResult
  func commit(_ batch: Batch) -> Bool {
    defer { planNextTurn(batch.at) }
    let durable = batch.facts.filter(\.isDurable)
    if !durable.isEmpty {
      do {
        try journal.append(durable)
      } catch {
        undo(batch, error)
        return false
      }
      if health.problem != nil { hub.send(.recovered) }
      health = .working
    }
    for event in batch.events { hub.send(event) }
    for app in batch.apps { act(for: app, at: batch.at) }
    for fact in batch.facts { conclude(fact) }
    for event in batch.events { conclude(event) }
    for answer in batch.answers { answer.command.reply.resume(returning: answer.answer) }
    settling.append(state.appsToSettle(after: batch.facts))
    if case .ending = phase { endIfDone() }
    return true
  }

  private func undo(_ batch: Batch, _ error: any Error) {
    state.restore(batch.before)
    mailbox.putBack(batch.inputs)
    for answer in batch.answers { answer.command.reply.resume(returning: .failure(.journal(error))) }
    if health.problem == nil { hub.send(.degraded(reason: "\(error)")) }
    health.fail(error, at: batch.at)
    refuseCommands(error)
  }

  private func refuseCommands(_ error: any Error) {
    for command in mailbox.takeCommands() { command.reply.resume(returning: .failure(.journal(error))) }
  }
}
