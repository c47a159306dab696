import EngineCore

/// Decides which request runs on which runner of one app: the owner of the slots and counters.
///
/// Pure: time comes in as nanoseconds of a monotonic clock, and methods are named after what happened and return what is
/// to be done. Between two calls this always holds: while a request waits, here or in the app's queue, no runner that may
/// take it has a free slot.
///
/// Requests and runners are named by index and generation, so that a late report about one that is gone (a stream that a
/// dead runner can no longer end, say) is ignored and counted instead of returning somebody else's slot.
struct Dispatcher {
  /// What becomes of a request that just arrived.
  enum Arrival: Hashable {
    /// It has a slot of that runner.
    case started(ExchangeID, SeatID)
    /// All slots are taken, or there is no runner: a `Handover` follows, or `deadlinePassed` names it.
    case waiting(ExchangeID)
    /// The queue is full.
    case refused
  }

  /// A request that waited has a slot now.
  struct Handover: Hashable {
    var exchange: ExchangeID
    var seat: SeatID
    /// The exchange is new, and for the next request of the app's queue.
    var isQueued = false
  }

  /// Requests that may wait.
  let queueMax: Int
  /// Requests that wait, oldest first; its links are in `exchanges`.
  private(set) var waiting = 0
  private var oldest = -1
  private var newest = -1
  /// The earliest time at which a waiting request gives up; may name one that left meanwhile, never misses one.
  private(set) var nextDeadline: UInt64?
  /// Only its runners get new requests; nil: the app is not known.
  private(set) var revision: RevisionID?
  private(set) var seats: [Seat] = []
  private var vacantSeats: [Int] = []
  private var exchanges: [Entry] = []
  private var vacantExchanges: [Int] = []
  /// Seats that are ready and of the routed revision, in the order of attaching: the routing table.
  private var eligible: [Int] = []
  /// Where in `eligible` the search for a free slot went on.
  private var cursor = 0
  /// Free slots of all eligible seats.
  private(set) var freeSlots = 0
  /// Reports about exchanges and seats that were gone already.
  private(set) var staleReports = 0
  /// Requests of the app's queue that want a slot; they are kept elsewhere.
  private(set) var backlog = 0
  /// What the first of those would rather have.
  private var backlogHint: String?
  /// While requests wait both here and in the queue, free slots go to both in turn.
  private var isBacklogsTurn = false

  init(queueMax: Int) { self.queueMax = queueMax }

  // MARK: Requests

  /// - Parameters:
  ///   - deadline: when it gives up waiting; nil: never.
  ///   - hint: a runner that knows exactly this one is preferred, if it has a free slot.
  mutating func requestArrived(at now: UInt64, deadline: UInt64?, hint: String? = nil) -> Arrival {
    if let seat = hint.flatMap({ seatKnowing($0) }) ?? freeSeat() {
      return .started(admit(.running(seat)), seat)
    }
    guard waiting < queueMax else { return .refused }
    let id = admit(.waiting(since: now, deadline: deadline, before: newest, after: -1))
    enqueue(id.index)
    if let deadline { nextDeadline = min(deadline, nextDeadline ?? deadline) }
    return .waiting(id)
  }

  /// The exchange is over, for whatever reason; the only way in which a slot comes back. Ending one twice does nothing.
  mutating func exchangeEnded(_ id: ExchangeID) -> Handover? {
    guard let entry = entry(id) else { return nil }
    switch entry {
    case .vacant: return nil
    case .waiting:
      dequeue(id.index)
      vacate(id.index)
      return nil
    case .running(let seat):
      // A runner that was lost has ended its exchanges, so that the seat is the one that gave the slot.
      vacate(id.index)
      seats[seat.index].inFlight -= 1
      guard isEligible(seat.index) else { return nil }
      freeSlots += 1
      return handOver()
    }
  }

  /// Requests whose wait is over at `now`; they are ended by this.
  mutating func deadlinePassed(at now: UInt64) -> [ExchangeID] {
    guard let due = nextDeadline, due <= now else { return [] }
    nextDeadline = nil
    var expired: [ExchangeID] = []
    var index = oldest
    while index >= 0 {
      guard case .waiting(_, let deadline, _, let after) = exchanges[index].state else { break }
      if let deadline {
        if deadline <= now {
          expired.append(ExchangeID(index: index, generation: exchanges[index].generation))
          dequeue(index)
          vacate(index)
        } else {
          nextDeadline = min(deadline, nextDeadline ?? deadline)
        }
      }
      index = after
    }
    return expired
  }

  /// Requests that have waited since `moment` or longer while no runner is ready, oldest first. They are not ended by this.
  func stranded(since moment: UInt64) -> [ExchangeID] {
    guard waiting > 0, eligible.isEmpty else { return [] }
    var found: [ExchangeID] = []
    var index = oldest
    while index >= 0, case .waiting(let since, _, _, let after) = exchanges[index].state, since <= moment {
      found.append(ExchangeID(index: index, generation: exchanges[index].generation))
      index = after
    }
    return found
  }

  /// All that wait are given up, oldest first.
  mutating func waitersRefused() -> [ExchangeID] {
    var refused: [ExchangeID] = []
    refused.reserveCapacity(waiting)
    while oldest >= 0 {
      refused.append(ExchangeID(index: oldest, generation: exchanges[oldest].generation))
      let index = oldest
      dequeue(index)
      vacate(index)
    }
    nextDeadline = nil
    return refused
  }

  /// So many requests of the app's queue want a slot now.
  ///
  /// - Parameter hint: of the first of them.
  mutating func backlogChanged(to count: Int, hint: String? = nil) -> [Handover] {
    backlog = count
    backlogHint = hint
    return handOverAll()
  }

  // MARK: Runners

  /// It gets requests when it is ready, and of those at most `slots` at a time.
  mutating func runnerAttached(_ runner: RunnerID, revision: RevisionID, slots: Int) -> SeatID {
    let index: Int
    if let vacant = vacantSeats.popLast() {
      index = vacant
    } else {
      index = seats.count
      seats.append(Seat())
    }
    seats[index].runner = runner
    seats[index].revision = revision
    seats[index].slots = max(1, slots)
    seats[index].inFlight = 0
    seats[index].wasBusy = false
    seats[index].hints = []
    seats[index].phase = .starting
    return SeatID(index: index, generation: seats[index].generation)
  }

  mutating func runnerReady(_ id: SeatID) -> [Handover] {
    guard let seat = seat(id) else { return [] }
    switch seat.phase {
    case .starting: seats[id.index].phase = .ready
    case .ready, .draining, .vacant: return []
    }
    return routesChanged()
  }

  /// What the runner is good for from now on.
  mutating func hintsChanged(_ hints: [String], of id: SeatID) {
    guard seat(id) != nil else { return }
    seats[id.index].hints = hints
  }

  /// It gets nothing new; what it has goes on.
  mutating func runnerDraining(_ id: SeatID) {
    guard let seat = seat(id) else { return }
    switch seat.phase {
    case .starting, .ready: seats[id.index].phase = .draining
    case .draining, .vacant: return
    }
    // Taking slots away hands nothing over.
    _ = routesChanged()
  }

  /// It is gone: the exchanges that it had, which are ended by this.
  mutating func runnerLost(_ id: SeatID) -> [ExchangeID] {
    guard seat(id) != nil else { return [] }
    var orphans: [ExchangeID] = []
    for index in exchanges.indices {
      guard case .running(let seat) = exchanges[index].state, seat == id else { continue }
      orphans.append(ExchangeID(index: index, generation: exchanges[index].generation))
      vacate(index)
    }
    seats[id.index].phase = .vacant
    seats[id.index].inFlight = 0
    seats[id.index].generation &+= 1
    vacantSeats.append(id.index)
    _ = routesChanged()
    return orphans
  }

  /// New requests, and those that wait, go to runners of `revision`.
  mutating func routed(to revision: RevisionID?) -> [Handover] {
    self.revision = revision
    return routesChanged()
  }
}

extension Dispatcher {
  // MARK: Slots

  private func isEligible(_ index: Int) -> Bool {
    switch seats[index].phase {
    case .ready: seats[index].revision == revision
    case .vacant, .starting, .draining: false
    }
  }

  private mutating func routesChanged() -> [Handover] {
    eligible = seats.indices.filter { isEligible($0) }
    cursor = 0
    freeSlots = eligible.reduce(0) { $0 + seats[$1].slots - seats[$1].inFlight }
    return handOverAll()
  }

  private mutating func handOverAll() -> [Handover] {
    var handovers: [Handover] = []
    while let handover = handOver() { handovers.append(handover) }
    return handovers
  }

  /// Takes a slot of the next runner in turn that has one.
  private mutating func freeSeat() -> SeatID? {
    guard freeSlots > 0 else { return nil }
    for _ in eligible.indices {
      cursor = cursor + 1 < eligible.count ? cursor + 1 : 0
      let index = eligible[cursor]
      guard seats[index].hasFreeSlot else { continue }
      return takeSlot(index)
    }
    return nil
  }

  private mutating func seatKnowing(_ hint: String) -> SeatID? {
    guard freeSlots > 0 else { return nil }
    return eligible.first { seats[$0].hasFreeSlot && seats[$0].hints.contains(hint) }.map { takeSlot($0) }
  }

  private mutating func takeSlot(_ index: Int) -> SeatID {
    seats[index].inFlight += 1
    seats[index].wasBusy = true
    freeSlots -= 1
    return SeatID(index: index, generation: seats[index].generation)
  }

  private mutating func handOver() -> Handover? {
    guard backlog > 0, oldest < 0 || isBacklogsTurn else { return handOverWaiting() }
    guard let seat = backlogHint.flatMap({ seatKnowing($0) }) ?? freeSeat() else { return nil }
    backlog -= 1
    backlogHint = nil
    isBacklogsTurn = false
    return Handover(exchange: admit(.running(seat)), seat: seat, isQueued: true)
  }

  private mutating func handOverWaiting() -> Handover? {
    guard oldest >= 0, let seat = freeSeat() else { return nil }
    isBacklogsTurn = true
    let index = oldest
    dequeue(index)
    exchanges[index].state = .running(seat)
    return Handover(exchange: ExchangeID(index: index, generation: exchanges[index].generation), seat: seat)
  }

  private mutating func seat(_ id: SeatID) -> Seat? {
    guard seats.indices.contains(id.index), seats[id.index].generation == id.generation, seats[id.index].phase != .vacant
    else {
      staleReports += 1
      return nil
    }
    return seats[id.index]
  }

  // MARK: The table of exchanges

  private mutating func entry(_ id: ExchangeID) -> Entry.State? {
    guard exchanges.indices.contains(id.index), exchanges[id.index].generation == id.generation else {
      staleReports += 1
      return nil
    }
    return exchanges[id.index].state
  }

  private mutating func admit(_ state: Entry.State) -> ExchangeID {
    let index: Int
    if let vacant = vacantExchanges.popLast() {
      index = vacant
      exchanges[index].state = state
    } else {
      index = exchanges.count
      exchanges.append(Entry(state: state))
    }
    return ExchangeID(index: index, generation: exchanges[index].generation)
  }

  private mutating func vacate(_ index: Int) {
    exchanges[index].state = .vacant
    exchanges[index].generation &+= 1
    vacantExchanges.append(index)
  }

  private mutating func enqueue(_ index: Int) {
    if newest >= 0 { exchanges[newest].link(after: index) } else { oldest = index }
    newest = index
    waiting += 1
  }

  private mutating func dequeue(_ index: Int) {
    guard case .waiting(_, _, let before, let after) = exchanges[index].state else { return }
    if before >= 0 { exchanges[before].link(after: after) } else { oldest = after }
    if after >= 0 { exchanges[after].link(before: before) } else { newest = before }
    waiting -= 1
  }

  // MARK: What others may know

  /// Whether any runner could take a request that comes now, if it had a free slot.
  var hasRunner: Bool { !eligible.isEmpty }

  /// Requests that wait or run.
  var live: Int { exchanges.count - vacantExchanges.count }

  func demand(at now: UInt64) -> Demand {
    var demand = Demand(queued: waiting + backlog)
    if oldest >= 0, case .waiting(let since, _, _, _) = exchanges[oldest].state {
      demand.oldestQueuedSeconds = Double(now > since ? now - since : 0) / 1e9
    }
    for seat in seats where seat.phase != .vacant && seat.inFlight > 0 { demand.inFlight[seat.runner] = seat.inFlight }
    return demand
  }

  /// As `demand`, for a report: with the runners that had a request since the last one, even if it is over.
  mutating func takeDemand(at now: UInt64) -> Demand {
    var demand = demand(at: now)
    for index in seats.indices where seats[index].wasBusy {
      if seats[index].phase != .vacant { demand.busySince.insert(seats[index].runner) }
      seats[index].wasBusy = false
    }
    return demand
  }
}
