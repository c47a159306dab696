import EngineCore
import Testing

@testable import Gateway

@Suite(.serialized) struct StartupTests {
  @Test func aRequestThatNoRunnerComesForIsAnsweredAfterTheStartupTimeout() async throws {
    try await onStage { stage in
      stage.route(startup: .milliseconds(300))
      let reply = try await stage.post()
      #expect(reply.status == 503)
      #expect(reply.headers["x-fal-error-type"] == "runner_scheduling_failure")
      #expect(reply.headers["retry-after"] == "1")
      try await stage.becomesIdle()
    }
  }

  @Test func aRequestWhoseRunnerDoesNotBecomeReadyIsToldSo() async throws {
    try await onStage { stage in
      stage.route(startup: .milliseconds(300))
      let client = try await stage.client()
      try await client.post("/me/app")
      try await stage.runner(readyAtOnce: false)
      let reply = try await client.reply()
      #expect(reply.status == 504)
      #expect(reply.headers["x-fal-error-type"] == "startup_timeout")
      try await stage.becomesIdle()
    }
  }

  @Test func aRequestThatWaitsForABusyRunnerWaitsOn() async throws {
    try await onStage { stage in
      stage.route(startup: .zero)
      try await stage.runner(slots: 1)
      let busy = try await stage.client()
      try await busy.post("/me/app/late", "2500")
      try await until("it runs") { stage.demand?.inFlight[RunnerID("one")] == 1 }
      #expect(try await stage.post().status == 200)
      #expect(try await busy.reply().status == 200)
    }
  }

  @Test func onlyThoseAreStrandedThatWaitedLongAndHaveNoRunner() {
    var dispatcher = Dispatcher(queueMax: 9)
    let one = RevisionID("one")
    _ = dispatcher.routed(to: one)
    var waiting: [ExchangeID] = []
    for time in [10, 20, 30] as [UInt64] {
      guard case .waiting(let id) = dispatcher.requestArrived(at: time, deadline: nil) else { continue }
      waiting.append(id)
    }
    #expect(dispatcher.stranded(since: 9) == [])
    #expect(dispatcher.stranded(since: 20) == Array(waiting.prefix(2)))
    let seat = dispatcher.runnerAttached(RunnerID("r"), revision: one, slots: 1)
    #expect(dispatcher.stranded(since: 40) == waiting)
    _ = dispatcher.runnerReady(seat)
    #expect(dispatcher.stranded(since: 40) == [])
    dispatcher.runnerDraining(seat)
    #expect(dispatcher.stranded(since: 40) == Array(waiting.dropFirst()))
  }
}
