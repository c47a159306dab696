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
  /// Who waited for room before this decision.
  let waiting: WaitingList
  /// What this decision took of the nodes, and gave back.
  private(set) var delta = PoolDelta()
  /// Runners that it may still start: see `startsMax`.
  var startsLeft = Decision.startsMax
  /// Whether starts and idle times may be over now. A list of nodes does not end them: after a restart it comes before
  /// anybody has heard which runners got ready meanwhile.
  let judgesTime: Bool
  private var ids: RunnerIDSource

  init(_ app: AppState, _ input: Input, in state: EngineState) {
    self.app = app
    pool = state.pool
    waiting = state.waiting
    now = input.at
    judgesTime = if case .nodes = input.event { false } else { true }
    ids = RunnerIDSource(seed: input.seed)
  }

  mutating func record(_ change: Fact.Change) {
    let fact = Fact(app.id, at: now, change)
    facts.append(fact)
    switch app.evolve(fact) {
    case .taken(_, _, let placement): delta.take(placement)
    case .freed(let placement): delta.free(placement)
    case .waits, .gaveUp, nil: break
    }
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

  /// Brings the app as far as it gets at this time. Each step sees what the earlier ones decided, and all are repeated until
  /// nothing follows any more.
  mutating func settle() {
    for _ in 0..<Self.passesMax {
      let before = facts.count
      failOverdueStarts()
      failOverdueRollout()
      promote()
      retireUnwanted()
      hurryEnding()
      scaleActive()
      startCandidate()
      placePending()
      if facts.count == before { break }
    }
    forget()
  }

  /// Two or three are needed; what would be left after so many is done by the next decision.
  private static let passesMax = 8

  /// A removed app is forgotten once its last runner has ended.
  private mutating func forget() {
    guard app.removal != nil, app.runners.allSatisfy(\.state.isTerminated) else { return }
    record(.appForgotten)
  }
}
