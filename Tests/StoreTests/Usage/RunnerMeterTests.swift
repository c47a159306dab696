import EngineCore
import Testing

@testable import Store

@Suite struct RunnerMeterTests {
  private typealias Story = RunnerStory

  /// Seconds by state that the facts bring to an end.
  private func seconds(_ facts: [Fact]) -> [String: Int64] {
    var meter = RunnerMeter()
    var sums: [String: Int64] = [:]
    for fact in facts {
      guard let time = meter.take(fact) else { continue }
      sums[time.state.rawValue, default: 0] += (time.until.nanoseconds - time.from.nanoseconds) / 1_000_000_000
    }
    return sums
  }

  @Test func aLifeIsAddedUpByItsStates() {
    #expect(seconds(Story.life()) == ["setup": 10, "ready": 100, "draining": 5, "terminating": 1])
  }

  @Test func waitingForAPlaceCostsNothing() {
    let facts = [
      Story.requested(at: 0), Story.fact(50, .runnerWaits(Story.one, reason: "full")), Story.placed(at: 100),
      Story.fact(200, .runnerEnded(Story.one, .exited(status: 0))),
    ]
    #expect(seconds(facts).isEmpty)
  }

  @Test func neitherDoesAStartThatWasCalledOffNorTheWaitBeforeTheNext() {
    let calledOff = [
      Story.requested(at: 0), Story.placed(at: 0),
      Story.fact(1, .runnerTerminating(Story.one, killAt: .seconds(9), retryAt: nil)),
      Story.fact(50, .runnerEnded(Story.one, .exited(status: 0))),
    ]
    #expect(seconds(calledOff).isEmpty)
    let failure = RunnerFailure(code: "crashed", message: "it crashed")
    let retried = [
      Story.requested(at: 0), Story.placed(at: 0), Story.started(at: 0),
      Story.fact(3, .runnerStartFailed(Story.one, failure, failures: 1, retryAt: .seconds(33))),
      Story.fact(3, .runnerTerminating(Story.one, killAt: .seconds(9), retryAt: .seconds(33))),
      Story.fact(5, .runnerBackedOff(Story.one, until: .seconds(33))), Story.fact(33, .runnerRetried(Story.one)),
      Story.placed(at: 33), Story.started(at: 33), Story.fact(37, .runnerReady(Story.one)),
      Story.fact(40, .runnerEnded(Story.one, .exited(status: 1))),
    ]
    #expect(seconds(retried) == ["setup": 7, "terminating": 2, "ready": 3])
  }

  @Test func takingARunnerOverChangesNothing() {
    var facts = Story.life()
    facts.insert(Story.fact(60, .runnerAdopted(Story.one)), at: 4)
    #expect(seconds(facts) == ["setup": 10, "ready": 100, "draining": 5, "terminating": 1])
  }

  @Test func aClockThatWasSetBackTakesNothingAway() {
    let facts = [
      Story.requested(at: 100), Story.placed(at: 100), Story.started(at: 100), Story.fact(50, .runnerReady(Story.one)),
      Story.fact(60, .runnerEnded(Story.one, .exited(status: 0))),
    ]
    #expect(seconds(facts) == ["ready": 10])
  }

  @Test func factsOfRunnersThatNobodyKnowsAreLeftOut() {
    #expect(seconds(Array(Story.life().dropFirst())).isEmpty)
  }

  @Test func theMachineOfARunnerIsKnownForAWhileAfterItsEnd() {
    var meter = RunnerMeter()
    for fact in Story.life(Story.one, "GPU-H100", gpus: 2) { _ = meter.take(fact) }
    #expect(meter.known.isEmpty && meter.changed == [Story.one])
    for isKnown in [true, true, false] {
      #expect((meter.machine(of: Story.one).map { $0 == ("GPU-H100", 2) } ?? false) == isKnown)
      meter.written()
    }
  }

  @Test(
    arguments: [
      (3590, 3610, [(0, 10), (1, 10)]), (0, 3600, [(0, 3600)]), (3600, 7201, [(1, 3600), (2, 1)]), (5, 5, []),
      (-5, 5, [(-1, 5), (0, 5)]),
    ] as [(Int64, Int64, [(Int64, Int64)])])
  func aTimeIsCutAtFullHours(from: Int64, until: Int64, parts: [(Int64, Int64)]) {
    let runner = RunnerMeter.Known(app: .words, revision: RevisionID("w-1"), state: .ready, since: .seconds(from))
    let hours = RunnerTime(runner, until: .seconds(until))?.byHour ?? []
    #expect(hours.map(\.hour) == parts.map(\.0))
    #expect(hours.map { $0.nanoseconds / 1_000_000_000 } == parts.map(\.1))
  }
}
