import EngineCore
import Store

/// The shell's part: decide → write down → act.
extension World {
  mutating func deliver(_ event: Input.Event, to number: Int) throws {
    guard server?.number == number else { return }
    server?.letters.append(.report(event))
    try turnSoon()
  }

  /// Most letters find the server waiting; others come while it is busy, and are worked on together.
  mutating func turnSoon() throws {
    if random.chance(75) { try turn() } else { schedule(.turn, in: random.duration(0...80)) }
  }

  /// Works on what waits: letters, wakes, and apps that may find room.
  mutating func turn() throws {
    guard let server, server.isServing else { return }
    if let retryAt = server.retryAt, clock < retryAt { return refuseCommands() }
    var batch = Batch(server.state)
    let letters = server.letters.prefix(Batch.lettersMax)
    self.server?.letters.removeFirst(letters.count)
    for letter in letters { try decide(letter, &batch) }
    for (app, wake) in server.wakes.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) where wake <= clock {
      self.server?.wakes[app] = nil
      try decide(.report(.time(app)), &batch)
    }
    for app in server.settling { try decide(.report(.time(app)), &batch) }
    self.server?.settling = []
    if try commit(&batch), self.server?.letters.isEmpty == false { schedule(.turn, in: .zero) }
  }

  mutating func decide(_ letter: Server.Letter, _ batch: inout Batch) throws {
    guard let state = server?.state else { return }
    let event = letter.event
    let input = Input(at: clock, seed: random.next(), event)
    switch letter {
    case .command: batch.commands += 1
    case .report: batch.reports.append(event)
    }
    if let app = event.app { batch.touch(app) }
    let facts: [Fact]
    do {
      facts = try state.decide(input)
    } catch {
      guard case .command = letter else { throw Violation("\(event.words) is refused: \(error)") }
      note("  refused \(event.words): \(error)")
      report.rejections += 1
      return
    }
    note("  \(event.words) → \(facts.map(\.words).joined(separator: ", "))")
    for fact in facts {
      if let state = server?.state { try Checks.checkMove(fact, in: state) }
      batch.touch(fact.app)
      server?.state.evolve(fact)
    }
    batch.facts += facts
  }

  /// Writes the batch down and does what follows from it; or makes it undone; or dies.
  ///
  /// - Returns: whether the server goes on with it.
  @discardableResult
  mutating func commit(_ batch: inout Batch) throws -> Bool {
    let durable = batch.facts.filter(\.isDurable)
    var doom: CrashPoint?
    if !durable.isEmpty {
      swap(&doom, &self.doom)
      guard try write(durable, &batch, doom) else { return false }
    }
    try checkWritten(batch)
    if doom == .afterWrite {
      try crash()
      return false
    }
    guard try act(batch, dies: doom == .whileActing) else { return false }
    if doom == .beforeAnswer {
      try crash()
      return false
    }
    report.waits += batch.facts.count { if case .runnerWaits = $0.change { true } else { false } }
    if random.chance(20) { schedule(.nothing, in: random.duration(1...2_000)) }
    return true
  }

  private mutating func write(_ durable: [Fact], _ batch: inout Batch, _ doom: CrashPoint?) throws -> Bool {
    guard let store = server?.store else { return false }
    if doom == .beforeWrite {
      try crash()
      return false
    }
    if doom == .withinWrite { disk.fail(at: .commit) }
    do {
      try store.append(durable)
    } catch {
      note("  not written: \(error)")
      if doom == .withinWrite { try crash() } else { try undo(batch) }
      return false
    }
    server?.retryAt = nil
    factsWritten += Int64(durable.count)
    for fact in durable { written.evolve(fact) }
    report.count(durable)
    return true
  }

  /// Nothing has happened; reports are kept, and commands are answered with the failure.
  private mutating func undo(_ batch: Batch) throws {
    report.failedWrites += 1
    server?.state.restore(Dictionary(uniqueKeysWithValues: batch.apps.map { ($0, batch.before.apps[$0]) }))
    if let restored = server?.state { try Checks.checkUndone(restored, batch.before) }
    let again = batch.reports.map(Server.Letter.report)
    server?.letters.insert(contentsOf: again, at: 0)
    let delay = random.duration(100...5_000)
    let retryAt = clock + delay
    server?.retryAt = retryAt
    refuseCommands()
    schedule(.turn, in: delay)
  }

  private mutating func refuseCommands() {
    server?.letters.removeAll { if case .command = $0 { true } else { false } }
  }

  /// Tells the world what is due and was not told yet.
  ///
  /// - Returns: whether the server lived through it.
  private mutating func act(_ batch: Batch, dies: Bool) throws -> Bool {
    var rest = dies ? random.number(0...3) : .max
    for app in batch.apps.sorted() {
      for action in take(due: app) {
        guard rest > 0 else {
          try crash()
          return false
        }
        rest -= 1
        try perform(action)
      }
      planWake(of: app)
    }
    guard !dies else {
      try crash()
      return false
    }
    let roomFor = server?.state.appsToSettle(after: batch.facts) ?? []
    let isKnown = server?.settling ?? []
    server?.settling += roomFor.filter { !isKnown.contains($0) }
    if server?.settling.isEmpty == false { schedule(.turn, in: .zero) }
    return true
  }

  mutating func take(due app: AppID) -> [Action] {
    guard let due = server?.state.due(for: app, at: clock) else { return [] }
    let moment = clock
    let fresh = server?.outbox.take(due, of: app, at: moment) ?? []
    if server?.state.apps[app] == nil, app != .none || due.isEmpty { server?.outbox.forget(app) }
    return fresh
  }

  private mutating func planWake(of app: AppID) {
    guard let server else { return }
    let isKnown = server.state.apps[app] != nil || app == .none
    let wakes = isKnown ? [server.state.nextWake(of: app, at: clock), server.outbox.nextRepeat(of: app)] : []
    self.server?.wakes[app] = wakes.compactMap(\.self).min()
  }
}
