import Planning

/// A decision in the making: facts are recorded one by one, each on top of what the earlier ones changed.
struct Decision {
  /// The app as it will be once the recorded facts are folded.
  private(set) var app: AppState
  let now: Moment
  private(set) var facts: [Fact] = []
  /// The earliest deadline that was looked at and has not come.
  private(set) var wake: Moment?
  /// The nodes as they were before this decision.
  let pool: Pool
  /// What this decision took of them, and gave back.
  private(set) var delta = PoolDelta()
  private var ids: RunnerIDSource

  init(_ app: AppState, _ pool: Pool, _ input: Input) {
    self.app = app
    self.pool = pool
    now = input.at
    ids = RunnerIDSource(seed: input.seed)
  }

  mutating func record(_ change: Fact.Change) {
    let fact = Fact(app.id, at: now, change)
    let before = fact.runner.flatMap { app.runner($0)?.placement }
    app.evolve(fact)
    facts.append(fact)
    guard let runner = fact.runner, let after = app.runner(runner)?.placement else {
      if let before { delta.freed.append(before) }
      return
    }
    if before == nil { delta.taken.append(after) }
  }

  /// Whether `moment` has come. Every deadline is read through this, so that `wake` cannot miss one.
  mutating func reached(_ moment: Moment) -> Bool {
    if moment <= now { return true }
    wake = min(wake ?? moment, moment)
    return false
  }

  /// There is more to do than fits into one decision.
  mutating func wakeAtOnce() { wake = now }

  mutating func newRunnerID() -> RunnerID {
    // Sixty random bits meet an existing id about never; within the app it is cheap to make sure.
    var id = ids.next()
    while app.index(of: id) != nil { id = ids.next() }
    return id
  }

  /// Draws all consequences, and gives the facts.
  func settled() -> [Fact] {
    var decision = self
    decision.settle()
    return decision.facts
  }

  /// Brings the app as far as it gets at this time. Each step sees what the earlier ones decided.
  mutating func settle() {
    failOverdueStarts()
    promote()
    retireUnwanted()
    hurryEnding()
    scaleActive()
    startCandidate()
    placePending()
    forget()
  }

  /// A removed app is forgotten once its last runner has ended.
  private mutating func forget() {
    guard app.removal != nil, app.runners.allSatisfy(\.state.isTerminated) else { return }
    record(.appForgotten)
  }
}
