import AppModel
import EngineCore
import Testing

@testable import Queueing

struct BacklogTests {
  private static func pending(
    _ sequence: Int64, _ priority: QueuedRequest.Priority = .normal, startBy: Int64? = nil, attempts: Int = 0,
    notBefore: Int64? = nil
  ) -> PendingRequest {
    var request = QueuedRequest(
      id: "r\(sequence)", app: AppID(owner: "me", name: "app"), path: "/", caller: Caller(id: "me"),
      submittedAt: Moment(nanoseconds: sequence))
    request.priority = priority
    request.startBy = startBy.map { Moment(nanoseconds: $0) }
    return PendingRequest(
      sequence: sequence, request: request, attempts: attempts, notBefore: notBefore.map { Moment(nanoseconds: $0) })
  }

  @Test(
    "Each event moves a request only out of the phases that it belongs to",
    arguments: [
      (QueuePhase.Event.dispatched, [QueuePhase.ready: QueuePhase.running]),
      (.attemptFailed, [.running: .delayed]),
      (.due, [.delayed: .ready]),
      (.placeRefused, [.running: .held]),
      (.placeFree, [.held: .ready]),
      (.outcomeKnown, [.ready: .ending, .delayed: .ending, .running: .ending, .held: .ending]),
    ])
  func phases(event: QueuePhase.Event, moves: [QueuePhase: QueuePhase]) {
    for phase in QueuePhase.allCases { #expect(phase.after(event) == moves[phase]) }
  }

  @Test func normalRequestsComeBeforeLowOnesAndOlderOnesFirst() {
    var backlog = Backlog()
    backlog.arrived(Self.pending(1, .low))
    for sequence in 2...4 { backlog.arrived(Self.pending(Int64(sequence))) }
    #expect(["r2", "r3", "r4", "r1"].map { backlog.position(of: $0) } == [0, 1, 2, 3])
    let order = (0..<4).compactMap { _ in backlog.dispatch()?.request.id }
    #expect(order == ["r2", "r3", "r4", "r1"])
    let none = backlog.dispatch()
    #expect(none == nil)
  }

  @Test func aFailedRequestComesBackToItsOldPlaceWhenItIsDue() {
    var backlog = Backlog()
    for sequence in 1...3 { backlog.arrived(Self.pending(Int64(sequence))) }
    let first = backlog.dispatch()
    #expect(first?.request.id == "r1")
    let isDelayed = backlog.attemptFailed("r1", notBefore: Moment(nanoseconds: 100))
    #expect(isDelayed)
    #expect(backlog.nextDue == Moment(nanoseconds: 100))
    let early = backlog.timePassed(at: Moment(nanoseconds: 99))
    #expect(early.isEmpty)
    #expect(backlog.readyCount == 2)
    let due = backlog.timePassed(at: Moment(nanoseconds: 100))
    #expect(due.isEmpty)
    let again = backlog.dispatch()
    #expect(again?.request.id == "r1")
  }

  @Test func onlyRequestsWithoutAnAttemptAreTooLate() {
    var backlog = Backlog()
    for sequence in 1...3 { backlog.arrived(Self.pending(Int64(sequence), startBy: 10)) }
    backlog.arrived(Self.pending(4, startBy: 11))
    backlog.arrived(Self.pending(5, startBy: 5, attempts: 1))
    let first = backlog.dispatch()
    #expect(first?.request.id == "r1")
    let late = backlog.timePassed(at: Moment(nanoseconds: 10))
    #expect(late == ["r2", "r3"])
  }

  /// What a request was last heard of, by a model that knows no order.
  private enum Known { case waiting, running, ending }

  @Test(arguments: 0..<10)
  func whateverHappensEachRequestEndsOnceAndHasOneAttemptAtATime(seed: Int) {
    var random = Seeded(state: UInt64(seed) &+ 1)
    var backlog = Backlog()
    var known: [String: Known] = [:]
    var ended: Set<String> = []
    var sequence: Int64 = 0
    for step in 0..<1500 {
      let now = Moment(nanoseconds: Int64(step))
      let any = "r\(Int64.random(in: 0...sequence, using: &random))"
      switch Int.random(in: 0..<7, using: &random) {
      case 0, 1:
        sequence += Int64.random(in: 1...2, using: &random)
        backlog.arrived(Self.pending(sequence, Bool.random(using: &random) ? .normal : .low))
        known["r\(sequence)"] = .waiting
      case 2:
        guard let row = backlog.dispatch() else { break }
        #expect(known[row.request.id] == .waiting)
        known[row.request.id] = .running
      case 3:
        let isRunning = known[any] == .running
        let delay = Int64.random(in: 0..<20, using: &random)
        let hasFailed = backlog.attemptFailed(any, notBefore: Moment(nanoseconds: now.nanoseconds + delay))
        #expect(hasFailed == isRunning)
        if isRunning { known[any] = .waiting }
      case 4, 5:
        let mayEnd = known[any].map { $0 != .ending } ?? false
        let hasEnded = backlog.outcomeKnown(any)
        #expect(hasEnded == mayEnd)
        if mayEnd {
          #expect(ended.insert(any).inserted)
          known[any] = .ending
        }
      default:
        backlog.forgotten(any)
        if known[any] == .ending { known[any] = nil }
        _ = backlog.timePassed(at: now)
      }
      #expect(backlog.count == known.count)
      if step % 100 == 0 { #expect(backlog.waiting.count == known.values.count { $0 == .waiting }) }
    }
    _ = backlog.timePassed(at: Moment(nanoseconds: .max))
    #expect(backlog.readyCount == known.values.count { $0 == .waiting })
    var place = 0
    let order = known.filter { $0.value == .waiting }.keys.sorted {
      (backlog.position(of: $0) ?? -1) < (backlog.position(of: $1) ?? -1)
    }
    for id in order {
      #expect(backlog.position(of: id) == place)
      place += 1
    }
    for id in order {
      let next = backlog.dispatch()
      #expect(next?.request.id == id)
    }
  }

  @Test func aHundredThousandRequestsAreCheap() {
    var backlog = Backlog()
    for sequence in 1...100_000 { backlog.arrived(Self.pending(Int64(sequence))) }
    #expect(backlog.position(of: "r100000") == 99_999)
    for sequence in 1...100_000 {
      let next = backlog.dispatch()
      #expect(next?.sequence == Int64(sequence))
      _ = backlog.outcomeKnown("r\(sequence)")
      backlog.forgotten("r\(sequence)")
    }
    #expect(backlog.count == 0)
  }
}

struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    return mixed ^ (mixed >> 31)
  }
}
