import EngineCore
import Testing

@testable import Gateway

/// Random events against a model that counts in the plainest way.
@Suite struct DispatcherSimulationTests {
  /// What the simulation knows by itself.
  struct Model {
    struct Runner {
      var revision: RevisionID
      var slots: Int
      var isReady = false
      var isDraining = false
      var running: Set<ExchangeID> = []
    }

    var runners: [SeatID: Runner] = [:]
    var waiting: [(id: ExchangeID, deadline: UInt64?)] = []
    var gone: [ExchangeID] = []
    /// Requests of the queue that want a slot.
    var backlog = 0
    var revision: RevisionID?

    func free(_ runner: Runner) -> Int {
      runner.isReady && !runner.isDraining && runner.revision == revision ? runner.slots - runner.running.count : 0
    }

    mutating func handedOver(_ handovers: [Dispatcher.Handover]) throws {
      for handover in handovers {
        if handover.isQueued {
          try #require(backlog > 0, "the queue had one")
          backlog -= 1
          try took(handover)
          continue
        }
        let first = try #require(waiting.first)
        try #require(first.id == handover.exchange, "the oldest goes first")
        waiting.removeFirst()
        try took(handover)
      }
    }

    private mutating func took(_ handover: Dispatcher.Handover) throws {
      try #require(free(try #require(runners[handover.seat])) > 0, "a slot is given once")
      runners[handover.seat]?.running.insert(handover.exchange)
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func noSlotLeaksWhateverHappens(seed: UInt64) throws {
    var random = Seeded(seed)
    var dispatcher = Dispatcher(queueMax: 20)
    var model = Model()
    for step in 0..<5_000 {
      try apply(UInt64(step), &dispatcher, &model, &random)
      try check(dispatcher, model, "seed \(seed), step \(step)")
    }
    // Everybody leaves: nothing is left over.
    model.backlog = 0
    try model.handedOver(dispatcher.backlogChanged(to: 0))
    for seat in model.runners.keys {
      while let id = model.runners[seat]?.running.popFirst() {
        try model.handedOver([dispatcher.exchangeEnded(id)].compactMap { $0 })
      }
      model.runners[seat]?.isDraining = true
      dispatcher.runnerDraining(seat)
    }
    #expect(dispatcher.live == dispatcher.waiting, "seed \(seed)")
    for seat in model.runners.keys { #expect(dispatcher.runnerLost(seat).isEmpty, "seed \(seed)") }
    _ = dispatcher.waitersRefused()
    #expect(dispatcher.live == 0 && dispatcher.freeSlots == 0 && dispatcher.waiting == 0, "seed \(seed)")
  }

  private func apply(_ now: UInt64, _ dispatcher: inout Dispatcher, _ model: inout Model, _ random: inout Seeded) throws {
    let seat = model.runners.keys.sorted { $0.index < $1.index }.randomElement(using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<40: try arrive(now, &dispatcher, &model, &random)
    case 40..<70:
      guard let seat, let id = model.runners[seat]?.running.sorted(by: { $0.index < $1.index }).first else { return }
      model.runners[seat]?.running.remove(id)
      model.gone.append(id)
      try model.handedOver([dispatcher.exchangeEnded(id)].compactMap { $0 })
    case 70..<76:
      guard let index = model.waiting.indices.randomElement(using: &random) else { return }
      model.gone.append(model.waiting.remove(at: index).id)
      try #require(dispatcher.exchangeEnded(model.gone[model.gone.count - 1]) == nil)
    case 76..<80:
      // A late word about something that is over.
      if let id = model.gone.randomElement(using: &random) { try #require(dispatcher.exchangeEnded(id) == nil) }
    case 80..<85:
      let due = model.waiting.filter { ($0.deadline ?? .max) <= now }.map(\.id)
      try #require(dispatcher.deadlinePassed(at: now) == due)
      model.waiting.removeAll { due.contains($0.id) }
      model.gone += due
    case 85..<86:
      model.backlog = Int.random(in: 0...5, using: &random)
      try model.handedOver(dispatcher.backlogChanged(to: model.backlog, hint: "any"))
    case 86..<89 where model.runners.count < 6:
      let runner = Model.Runner(
        revision: RevisionID("\(Int.random(in: 0..<2, using: &random))"), slots: Int.random(in: 1...4, using: &random))
      model.runners[dispatcher.runnerAttached(RunnerID("r\(now)"), revision: runner.revision, slots: runner.slots)] = runner
    case 89..<94:
      guard let seat else { return }
      if model.runners[seat]?.isDraining == false { model.runners[seat]?.isReady = true }
      try model.handedOver(dispatcher.runnerReady(seat))
    case 94..<95:
      guard let seat else { return }
      model.runners[seat]?.isDraining = true
      dispatcher.runnerDraining(seat)
    case 95..<97:
      guard let seat, let runner = model.runners.removeValue(forKey: seat) else { return }
      try #require(Set(dispatcher.runnerLost(seat)) == runner.running)
      model.gone += runner.running
      try #require(dispatcher.runnerLost(seat).isEmpty)
    default:
      model.revision = Bool.random(using: &random) ? RevisionID("0") : RevisionID("1")
      try model.handedOver(dispatcher.routed(to: model.revision))
    }
  }

  private func arrive(_ now: UInt64, _ dispatcher: inout Dispatcher, _ model: inout Model, _ random: inout Seeded) throws {
    let deadline = Bool.random(using: &random) ? now + .random(in: 1...200, using: &random) : nil
    switch dispatcher.requestArrived(at: now, deadline: deadline) {
    case .started(let id, let seat):
      try #require(model.free(try #require(model.runners[seat])) > 0)
      model.runners[seat]?.running.insert(id)
    case .waiting(let id): model.waiting.append((id, deadline))
    case .refused: try #require(model.waiting.count == dispatcher.queueMax)
    }
  }

  private func check(_ dispatcher: Dispatcher, _ model: Model, _ place: Comment) throws {
    let running = model.runners.values.reduce(0) { $0 + $1.running.count }
    let free = model.runners.values.reduce(0) { $0 + model.free($1) }
    try #require(dispatcher.freeSlots == free, place)
    try #require(dispatcher.waiting == model.waiting.count, place)
    try #require(dispatcher.live == running + model.waiting.count, place)
    try #require(free == 0 || (model.waiting.isEmpty && model.backlog == 0), place)
    try #require(dispatcher.backlog == model.backlog, place)
    try #require(dispatcher.demand(at: 0).inFlight.values.reduce(0, +) == running, place)
  }
}
