public import EngineCore

/// The queued requests of one app that have no outcome yet: decides which is next, and when one is given up.
///
/// Pure: time comes in, and methods are named after what happened. A request is handed out by `dispatch` at most once before
/// its attempt is told to have failed, and leaves by `forgotten` only, which follows the writing of its outcome.
public struct Backlog: Sendable {
  public struct Row: Sendable {
    public let request: QueuedRequest
    public let sequence: Int64
    public fileprivate(set) var phase: QueuePhase
    /// Attempts that began.
    public fileprivate(set) var attempts: Int
    fileprivate var notBefore: Moment?
  }

  /// A timetable is cleaned when it has twice as many entries as there are rows, and this many.
  private static let staleMax = 1024

  private var rows: [Int64: Row] = [:]
  private var sequences: [String: Int64] = [:]
  private var normal = Lane()
  private var low = Lane()
  private var retries = Timetable()
  private var deadlines = Timetable()

  public init() {}

  /// Requests that wait for a slot.
  public var readyCount: Int { normal.count + low.count }
  /// Requests that have no outcome.
  public var count: Int { rows.count }

  public subscript(id: String) -> Row? { sequences[id].flatMap { rows[$0] } }

  /// Ids of those that wait, for a slot or for another attempt.
  public var waiting: [String] {
    rows.values.filter { $0.phase.isWaiting }.sorted { $0.sequence < $1.sequence }.map(\.request.id)
  }

  /// What the next one to be handed out would rather have.
  public var nextHint: String? { (normal.first ?? low.first).flatMap { rows[$0]?.request.hint } }

  /// When the oldest of those that wait for a slot came.
  public var oldestReady: Moment? {
    [normal.first, low.first].compactMap { $0.flatMap { rows[$0]?.request.submittedAt } }.min()
  }

  /// Requests that are before it; nil unless it waits.
  public func position(of id: String) -> Int? {
    guard let row = self[id] else { return nil }
    guard row.phase.isWaiting else { return nil }
    switch row.request.priority {
    case .normal: return normal.countBefore(row.sequence)
    case .low: return normal.count + low.countBefore(row.sequence)
    }
  }

  /// When `timePassed` has something to do.
  public var nextDue: Moment? { [retries.next, deadlines.next].compactMap { $0 }.min() }

  // MARK: What happened

  /// It is written down. One that is known already stays as it is.
  public mutating func arrived(_ pending: PendingRequest) {
    let request = pending.request
    guard sequences[request.id] == nil, rows[pending.sequence] == nil else { return }
    var row = Row(request: request, sequence: pending.sequence, phase: .ready, attempts: pending.attempts)
    sequences[request.id] = row.sequence
    changeLane(row) { $0.insert(row.sequence) }
    if let notBefore = pending.notBefore {
      row.phase = .delayed
      row.notBefore = notBefore
      changeLane(row) { $0.remove(row.sequence) }
      retries.add(row.sequence, at: notBefore)
    }
    rows[row.sequence] = row
    if let startBy = request.startBy, row.attempts == 0 { deadlines.add(row.sequence, at: startBy) }
    dropStale()
  }

  /// Takes the next that waits; an attempt begins.
  public mutating func dispatch() -> Row? {
    guard let sequence = normal.first ?? low.first, var row = rows[sequence], let phase = row.phase.after(.dispatched) else {
      return nil
    }
    row.phase = phase
    row.attempts += 1
    changeLane(row) { $0.remove(sequence) }
    rows[sequence] = row
    return row
  }

  /// The attempt that `dispatch` began does not take place: its key has as many as it may.
  public mutating func placeRefused(_ id: String) {
    guard var row = self[id], let phase = row.phase.after(.placeRefused) else { return }
    row.phase = phase
    row.attempts -= 1
    rows[row.sequence] = row
  }

  /// One that was held waits for a slot again. False: it is not held any more.
  public mutating func placeFree(_ id: String) -> Bool {
    guard var row = self[id], let phase = row.phase.after(.placeFree) else { return false }
    row.phase = phase
    rows[row.sequence] = row
    changeLane(row) { $0.insert(row.sequence) }
    return true
  }

  /// False: nothing is known of an attempt at it.
  public mutating func attemptFailed(_ id: String, notBefore: Moment) -> Bool {
    guard var row = self[id], let phase = row.phase.after(.attemptFailed) else { return false }
    row.phase = phase
    row.notBefore = notBefore
    rows[row.sequence] = row
    retries.add(row.sequence, at: notBefore)
    dropStale()
    return true
  }

  /// It is over, and its outcome is to be written now. False: that was so before.
  public mutating func outcomeKnown(_ id: String) -> Bool {
    guard var row = self[id], let phase = row.phase.after(.outcomeKnown) else { return false }
    row.phase = phase
    rows[row.sequence] = row
    changeLane(row) { $0.forget(row.sequence) }
    return true
  }

  /// Its outcome is written.
  public mutating func forgotten(_ id: String) {
    guard let row = self[id] else { return }
    switch row.phase {
    case .ready, .delayed, .running, .held: return
    case .ending: break
    }
    rows[row.sequence] = nil
    sequences[id] = nil
  }

  /// Those that are due for another attempt wait again; returned are those that no attempt has begun for in time.
  public mutating func timePassed(at now: Moment) -> [String] {
    while let due = retries.takeDue(at: now) {
      guard var row = rows[due.sequence], row.notBefore == due.at, let phase = row.phase.after(.due) else { continue }
      row.phase = phase
      row.notBefore = nil
      rows[due.sequence] = row
      changeLane(row) { $0.insert(due.sequence) }
    }
    var late: [String] = []
    while let due = deadlines.takeDue(at: now) {
      guard let row = rows[due.sequence], row.phase.isWaiting, row.attempts == 0 else { continue }
      late.append(row.request.id)
    }
    return late
  }

  private mutating func changeLane(_ row: Row, _ body: (inout Lane) -> Void) {
    switch row.request.priority {
    case .normal: body(&normal)
    case .low: body(&low)
    }
  }

  private mutating func dropStale() {
    let limit = max(Self.staleMax, 2 * rows.count)
    if deadlines.count > limit {
      deadlines.keep { entry in rows[entry.sequence].map { $0.phase.isWaiting && $0.attempts == 0 } ?? false }
    }
    if retries.count > limit {
      retries.keep { entry in rows[entry.sequence]?.notBefore == entry.at }
    }
  }
}
