import EngineCore
import Testing

@testable import Gateway

@Suite struct DispatcherTests {
  let one = RevisionID("one")
  let two = RevisionID("two")

  func ready(slots: Int = 1, runners: Int = 1) -> (Dispatcher, [SeatID]) {
    var dispatcher = Dispatcher(queueMax: 3)
    _ = dispatcher.routed(to: one)
    let seats = (0..<runners).map { dispatcher.runnerAttached(RunnerID("r\($0)"), revision: one, slots: slots) }
    for seat in seats { _ = dispatcher.runnerReady(seat) }
    return (dispatcher, seats)
  }

  @Test func aRequestGoesToAReadyRunner() {
    var (dispatcher, seats) = ready()
    guard case .started(_, let seat) = dispatcher.requestArrived(at: 0, deadline: nil) else {
      Issue.record("it did not start")
      return
    }
    #expect(seat == seats[0])
    #expect(dispatcher.demand(at: 0) == Demand(inFlight: [RunnerID("r0"): 1]))
  }

  @Test func aReportNamesRunnersWhoseRequestsCameAndWent() {
    var (dispatcher, _) = ready()
    guard case .started(let exchange, _) = dispatcher.requestArrived(at: 0, deadline: nil) else {
      Issue.record("it did not start")
      return
    }
    _ = dispatcher.exchangeEnded(exchange)
    #expect(dispatcher.takeDemand(at: 0) == Demand(busySince: [RunnerID("r0")]))
    #expect(dispatcher.takeDemand(at: 0) == .none)
  }

  @Test func requestsWaitInOrderUntilARunnerIsReady() {
    var dispatcher = Dispatcher(queueMax: 3)
    _ = dispatcher.routed(to: one)
    let waiting = (0..<3).map { waiter(&dispatcher, at: UInt64($0)) }
    #expect(dispatcher.requestArrived(at: 3, deadline: nil) == .refused)
    #expect(dispatcher.demand(at: 2_000_000_000) == Demand(queued: 3, oldestQueuedSeconds: 2))
    let seat = dispatcher.runnerAttached(RunnerID("r"), revision: one, slots: 2)
    #expect(dispatcher.demand(at: 0).queued == 3)
    #expect(dispatcher.runnerReady(seat) == waiting.prefix(2).map { .init(exchange: $0, seat: seat) })
    #expect(dispatcher.exchangeEnded(waiting[1]) == .init(exchange: waiting[2], seat: seat))
  }

  @Test func aSlotComesBackOnceHoweverOftenItIsGivenBack() {
    var (dispatcher, _) = ready(slots: 2)
    let first = started(&dispatcher)
    _ = started(&dispatcher)
    #expect(dispatcher.freeSlots == 0)
    for _ in 0..<3 { _ = dispatcher.exchangeEnded(first) }
    #expect(dispatcher.freeSlots == 1)
    #expect(dispatcher.staleReports == 2)
    // The row is somebody else's now: the old name must not end it.
    _ = started(&dispatcher)
    #expect(dispatcher.exchangeEnded(first) == nil)
    #expect(dispatcher.freeSlots == 0)
  }

  @Test func requestsAreSpreadInTurn() {
    var (dispatcher, seats) = ready(slots: 2, runners: 3)
    let first = (0..<3).map { _ in seat(&dispatcher) }
    #expect(Set(first) == Set(seats))
    let second = (0..<3).map { _ in seat(&dispatcher) }
    #expect(Set(second) == Set(seats))
    #expect(dispatcher.freeSlots == 0)
  }

  @Test func aDrainingRunnerGetsNothingNew() {
    var (dispatcher, seats) = ready(slots: 1, runners: 2)
    let running = started(&dispatcher)
    let other = started(&dispatcher)
    let late = waiter(&dispatcher, at: 0)
    dispatcher.runnerDraining(seats[0])
    dispatcher.runnerDraining(seats[1])
    #expect(dispatcher.exchangeEnded(running) == nil)
    #expect(dispatcher.exchangeEnded(other) == nil)
    let fresh = dispatcher.runnerAttached(RunnerID("r2"), revision: one, slots: 1)
    #expect(dispatcher.runnerReady(fresh) == [.init(exchange: late, seat: fresh)])
  }

  @Test func aRunnerThatDrainsBeforeItIsReadyNeverGetsARequest() {
    var dispatcher = Dispatcher(queueMax: 3)
    _ = dispatcher.routed(to: one)
    _ = waiter(&dispatcher, at: 0)
    let seat = dispatcher.runnerAttached(RunnerID("r"), revision: one, slots: 1)
    dispatcher.runnerDraining(seat)
    #expect(dispatcher.runnerReady(seat).isEmpty)
  }

  @Test func aLostRunnerTakesItsExchangesAlongAndNoOthers() {
    var (dispatcher, seats) = ready(slots: 1, runners: 2)
    let running = [started(&dispatcher), started(&dispatcher)]
    let late = waiter(&dispatcher, at: 0)
    let orphans = dispatcher.runnerLost(seats[0])
    #expect(orphans.count == 1 && running.contains(orphans[0]))
    #expect(dispatcher.runnerLost(seats[0]).isEmpty)
    let survivor = running.first { $0 != orphans[0] }
    #expect(survivor.map { dispatcher.exchangeEnded($0) } == .init(exchange: late, seat: seats[1]))
    #expect(dispatcher.exchangeEnded(orphans[0]) == nil)
    #expect(dispatcher.freeSlots == 0)
  }

  @Test func onlyRunnersOfTheRoutedRevisionGetRequests() {
    var (dispatcher, seats) = ready()
    let next = dispatcher.runnerAttached(RunnerID("new"), revision: two, slots: 1)
    #expect(dispatcher.runnerReady(next).isEmpty)
    #expect(seat(&dispatcher) == seats[0])
    let late = waiter(&dispatcher, at: 0)
    #expect(dispatcher.routed(to: two) == [.init(exchange: late, seat: next)])
    #expect(dispatcher.routed(to: nil).isEmpty)
    #expect(dispatcher.freeSlots == 0)
  }

  @Test func waitingEndsAtTheDeadlineOfEach() {
    var dispatcher = Dispatcher(queueMax: 10)
    let patient = waiter(&dispatcher, at: 0)
    let slow = waiter(&dispatcher, at: 0, deadline: 30)
    let hasty = waiter(&dispatcher, at: 0, deadline: 10)
    #expect(dispatcher.nextDeadline == 10)
    #expect(dispatcher.deadlinePassed(at: 9).isEmpty)
    #expect(dispatcher.deadlinePassed(at: 10) == [hasty])
    #expect(dispatcher.nextDeadline == 30)
    _ = dispatcher.exchangeEnded(slow)
    #expect(dispatcher.deadlinePassed(at: 30).isEmpty)
    #expect(dispatcher.nextDeadline == nil)
    #expect(dispatcher.waitersRefused() == [patient])
    #expect(dispatcher.live == 0)
  }

  @Test func requestsThatLeaveFromAnywhereInTheQueueKeepTheOrderOfTheOthers() {
    for gone in 0..<3 {
      var dispatcher = Dispatcher(queueMax: 10)
      var waiting = (0..<3).map { waiter(&dispatcher, at: UInt64($0)) }
      #expect(dispatcher.exchangeEnded(waiting.remove(at: gone)) == nil)
      waiting.append(waiter(&dispatcher, at: 3))
      #expect(dispatcher.waitersRefused() == waiting)
    }
  }

  private func started(_ dispatcher: inout Dispatcher) -> ExchangeID {
    guard case .started(let id, _) = dispatcher.requestArrived(at: 0, deadline: nil) else {
      Issue.record("it did not start")
      return ExchangeID(index: -1, generation: 0)
    }
    return id
  }

  private func seat(_ dispatcher: inout Dispatcher) -> SeatID? {
    guard case .started(_, let seat) = dispatcher.requestArrived(at: 0, deadline: nil) else { return nil }
    return seat
  }

  private func waiter(_ dispatcher: inout Dispatcher, at now: UInt64, deadline: UInt64? = nil) -> ExchangeID {
    guard case .waiting(let id) = dispatcher.requestArrived(at: now, deadline: deadline) else {
      Issue.record("it does not wait")
      return ExchangeID(index: -1, generation: 0)
    }
    return id
  }
}
