import EngineCore
import Gateway
import RunnerProtocol
import Testing

@Suite(.serialized) struct RunnerTests {
  @Test func aRequestWaitsUntilARunnerIsReadyAndTheDemandIsReportedAtOnce() async throws {
    try await onStage { stage in
      stage.route()
      let client = try await stage.client()
      try await client.post("/me/app", "1")
      try await until("demand") { stage.demand?.queued == 1 }
      let runner = try await stage.runner(readyAtOnce: false)
      try await until("launch") { runner.seen.withLock { $0.launch != nil } }
      #expect(client.received.isEmpty)
      runner.becomeReady()
      #expect(try await client.reply().body == "1")
      try await stage.becomesIdle()
    }
  }

  @Test func aRunnerNeverHasMoreThanItsSlots() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner(slots: 3)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            let reply = try await stage.post("/late", "5")
            #expect(reply.status == 200)
          }
        }
        try await group.waitForAll()
      }
      #expect(runner.seen.withLock { $0.inFlightMax } == 3)
      try await stage.becomesIdle()
    }
  }

  @Test func aRunnerKilledInMidRequestIsATyped503AndTheNextOneServesTheRest() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner("first", slots: 1)
      let client = try await stage.client()
      let waiting = try await stage.client()
      try await client.post("/me/app/hold")
      try await until("it runs") { stage.demand?.inFlight[RunnerID("first")] == 1 }
      try await waiting.post("/me/app", "2")
      try await until("it waits") { stage.demand?.queued == 1 }
      stage.runners.withLock { $0[0] }.die()
      let reply = try await client.reply()
      #expect(reply.status == 503)
      #expect(reply.headers["x-fal-error-type"] == "runner_disconnected")
      #expect(reply.body.contains(#""error_type":"runner_disconnected""#))
      try await until("closed") { stage.saw("first") { $0 == .closed } }
      #expect(waiting.received.isEmpty)
      try await stage.runner("second")
      #expect(try await waiting.reply().body == "2")
      // The connection of the request that failed is as good as before.
      try await client.post("/me/app", "3")
      #expect(try await client.reply().body == "3")
      try await stage.becomesIdle()
    }
  }

  @Test func aClientThatLeavesCancelsItsRequestAndTheSlotComesBack() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner(slots: 1)
      for round in 1...5 {
        let client = try await stage.client()
        try await client.post("/me/app/hold")
        try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
        client.close()
        try await until("it is cancelled") { runner.seen.withLock { $0.cancelled == round } }
      }
      #expect(try await stage.post().status == 200)
      try await stage.becomesIdle()
    }
  }

  @Test func aClientThatLeavesTheQueueIsNeverServed() async throws {
    try await onStage { stage in
      stage.route()
      let client = try await stage.client()
      try await client.post("/me/app", "gone")
      try await until("it waits") { stage.demand?.queued == 1 }
      client.close()
      try await until("it left") { stage.demand?.queued == 0 }
      let runner = try await stage.runner()
      #expect(try await stage.post().status == 200)
      #expect(runner.seen.withLock { $0.requests.count } == 1)
    }
  }

  @Test func aRunnerThatDoesNotConfirmACancelIsGivenUp() async throws {
    var configuration = GatewayConfiguration()
    configuration.cancelSeconds = 0
    try await onStage(configuration) { stage in
      stage.route()
      let runner = try await stage.runner(slots: 1)
      let client = try await stage.client()
      try await client.post("/me/app/stuck")
      try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
      client.close()
      try await until("closed") { stage.saw("one") { $0 == .closed } }
      try await stage.becomesIdle()
    }
  }

  @Test func aRequestThatTakesTooLongIsEndedEvenIfTheRunnerDoesNotDoIt() async throws {
    var configuration = GatewayConfiguration()
    configuration.requestSlackSeconds = 0
    try await onStage(configuration) { stage in
      stage.route()
      let runner = try await stage.runner { $0.requestTimeoutSeconds = 1 }
      let reply = try await stage.post("/hold")
      #expect(reply.status == 504)
      #expect(reply.headers["x-fal-error-type"] == "request_timeout")
      #expect(reply.headers["x-fal-request-timeout-type"] == nil)
      try await until("it is cancelled") { runner.seen.withLock { $0.cancelled == 1 } }
      try await stage.becomesIdle()
    }
  }

  @Test func waitingEndsAtTheAppsLimitAndAtTheCallers() async throws {
    try await onStage { stage in
      stage.route(startTimeout: .milliseconds(50))
      let apps = try await stage.post()
      #expect(apps.status == 504)
      #expect(apps.headers["x-fal-request-timeout-type"] == nil)
      stage.route()
      let callers = try await stage.post(headers: "X-Fal-Request-Timeout: 0.05\r\n")
      #expect(callers.status == 504)
      #expect(callers.headers["x-fal-request-timeout-type"] == "user")
      #expect(callers.headers["x-fal-error-type"] == "request_timeout")
      try await stage.becomesIdle()
    }
  }

  @Test func theQueueHasABound() async throws {
    var configuration = GatewayConfiguration()
    configuration.queueMax = 1
    try await onStage(configuration) { stage in
      stage.route()
      let client = try await stage.client()
      try await client.post("/me/app")
      try await until("it waits") { stage.demand?.queued == 1 }
      let refused = try await stage.post()
      #expect(refused.status == 503)
      #expect(refused.headers["x-fal-error-type"] == "runner_scheduling_failure")
      stage.gateway.refuseWaiting(Stage.app, with: Fault(504, "startup_timeout", "it did not start"))
      let reply = try await client.reply()
      #expect(reply.status == 504)
      #expect(reply.headers["x-fal-error-type"] == "startup_timeout")
    }
  }

  @Test func newRequestsFollowTheRouteAndOldOnesFinish() async throws {
    try await onStage { stage in
      stage.route(revision: "r1")
      let old = try await stage.runner("old", revision: "r1")
      let new = try await stage.runner("new", revision: "r2")
      let client = try await stage.client()
      try await client.post("/me/app/late", "100")
      try await until("it runs") { old.seen.withLock { $0.inFlight == 1 } }
      stage.route(revision: "r2")
      stage.gateway.drain(RunnerID("old"))
      for _ in 0..<5 { #expect(try await stage.post().status == 200) }
      #expect(try await client.reply().status == 200)
      #expect(old.seen.withLock { $0.requests.count } == 1)
      #expect(old.seen.withLock { $0.drained })
      #expect(new.seen.withLock { $0.requests.count } == 5)
      try await until("draining") { stage.saw("old") { $0 == .draining } }
      stage.gateway.route(Stage.app, to: nil)
      #expect(try await stage.post().status == 404)
    }
  }

  @Test func whoWaitsForAnAppThatIsTakenAwayIsTold() async throws {
    try await onStage { stage in
      stage.route()
      let client = try await stage.client()
      try await client.post("/me/app")
      try await until("it waits") { stage.demand?.queued == 1 }
      stage.gateway.route(Stage.app, to: nil)
      #expect(try await client.reply().status == 404)
    }
  }

  @Test func aSocketThatNobodyListensOnIsReported() async throws {
    try await onStage { stage in
      let launch = LaunchSpec(role: .endpoints, bundle: "/", script: "a", app: "app", runnerID: "lost")
      stage.attach(RunnerID("lost"), revision: "r1", socket: "/tmp/nobody-listens-here", launch: launch, slots: 1)
      try await until("closed") { stage.saw("lost") { $0 == .closed } }
      #expect(stage.saw("lost") { if case .failed(let report) = $0 { report.code == "runner-unreachable" } else { false } })
    }
  }

  @Test func theLaunchArrivesAndLogsAndFailuresComeBack() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner { $0.secrets = ["A": "b"] }
      #expect(runner.seen.withLock { $0.launch?.secrets } == ["A": "b"])
      let record = LogRecord(nanoseconds: 5, level: .warning, source: .script, requestID: "r", message: "hello")
      runner.onConnection { $0.send(.log, flush: true) { record.write(to: &$0) } }
      try await until("log") { stage.saw("one") { $0 == .log(record) } }
      runner.onConnection { $0.send(.failed, flush: true) { $0 += Array(#"{"code":"c","message":"m"}"#.utf8) } }
      try await until("failed") { stage.saw("one") { $0 == .failed(FailureReport(code: "c", message: "m")) } }
    }
  }

  @Test(arguments: ["/nonsense", "/greedy"]) func aRunnerThatBreaksTheProtocolIsGivenUp(path: String) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner { $0.streamCredit = 100_000 }
      let client = try await stage.client(paused: path == "/greedy")
      try await client.post("/me/app" + path)
      try await until("closed") { stage.saw("one") { $0 == .closed } }
      #expect(stage.saw("one") { if case .failed(let report) = $0 { report.code == "protocol-error" } else { false } })
      try await stage.becomesIdle()
    }
  }

  @Test func attachingTwiceChangesNothing() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner()
      let launch = LaunchSpec(role: .endpoints, bundle: "/", script: "a", app: "app", runnerID: "one")
      stage.attach(RunnerID("one"), revision: "r1", socket: runner.socket, launch: launch, slots: 4)
      #expect(try await stage.post().status == 200)
      #expect(!stage.saw("one") { $0 == .closed })
    }
  }

  @Test func detachingEndsWhatIsInFlight() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.post("/me/app/hold")
      try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
      stage.gateway.detach(RunnerID("one"))
      #expect(try await client.reply().status == 503)
      try await until("closed") { stage.saw("one") { $0 == .closed } }
    }
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>) func noSlotLeaksWithRandomDisconnectsAndDeaths(seed: UInt64) async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner("r0", slots: 2)
      var random = Seeded(seed)
      for round in 1...150 {
        let client = try await stage.client()
        let path = ["", "/late", "/hold", "/stream", "/fail", "/cut"][Int(random.next() % 6)]
        try await client.post("/me/app" + path, "3")
        if random.next() % 2 == 0 { try await Task.sleep(for: .microseconds(Int64(random.next() % 2_000))) }
        client.close()
        if round % 30 == 0 {
          stage.runners.withLock { $0[round / 30 - 1] }.die()
          try await stage.runner("r\(round / 30)", slots: 2)
        }
      }
      try await stage.becomesIdle()
      #expect(try await stage.post().status == 200, "seed \(seed)")
    }
  }
}
