import EngineCore
import Gateway
import RunnerProtocol
import Testing

@Suite(.serialized) struct HealthTests {
  static let quick: GatewayConfiguration = {
    var configuration = GatewayConfiguration()
    configuration.healthMilliseconds = 20
    return configuration
  }()

  /// What `stage.runner` needs to be asked, with failures that count from the first on.
  static func asked(_ launch: inout LaunchSpec) {
    launch.healthPath = "/health"
    launch.healthStartSeconds = 0
  }

  static func report(_ stage: Stage) -> FailureReport? {
    stage.events.withLock { events in
      for case .unhealthy(let report) in events[RunnerID("one")] ?? [] { return report }
      return nil
    }
  }

  @Test func aBusyRunnerIsAskedWithoutASlot() async throws {
    try await onStage(Self.quick) { stage in
      stage.route()
      let runner = try await stage.runner(slots: 1, adjust: Self.asked)
      let client = try await stage.client()
      try await client.post("/me/app/hold")
      try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
      let before = runner.seen.withLock { $0.checks.count }
      try await until("it was asked again and again") { runner.seen.withLock { $0.checks.count >= before + 5 } }
      #expect(runner.seen.withLock { $0.checks[0].path } == "/health")
      #expect(runner.seen.withLock { $0.requests.count } == 1)
      #expect(stage.demand?.inFlight == [RunnerID("one"): 1])
      #expect(Self.report(stage) == nil)
    }
  }

  @Test func threeFailuresInARowAreToldOnceAndInWords() async throws {
    try await onStage(Self.quick) { stage in
      stage.route()
      let runner = try await stage.runner(adjust: Self.asked)
      runner.habits.withLock { $0.health = 500 }
      try await until("it is told") { Self.report(stage) != nil }
      #expect(
        Self.report(stage)
          == FailureReport(code: "unhealthy", message: "3 health checks in a row failed: GET /health answered 500"))
      // Whoever is told decides; until then the runner serves.
      #expect(try await stage.post().status == 200)
      let asked = runner.seen.withLock { $0.checks.count }
      try await Task.sleep(for: .milliseconds(100))
      #expect(runner.seen.withLock { $0.checks.count } == asked)
      #expect(stage.count("one") { if case .unhealthy = $0 { true } else { false } } == 1)
    }
  }

  @Test func aRunnerThatDoesNotAnswerIsNotWell() async throws {
    try await onStage(Self.quick) { stage in
      stage.route()
      var habits = FakeRunner.Habits()
      habits.health = nil
      try await stage.runner(habits: habits) { launch in
        Self.asked(&launch)
        launch.healthTimeoutSeconds = 0.05
        launch.healthFailureThreshold = 1
      }
      try await until("it is told") { Self.report(stage) != nil }
      #expect(Self.report(stage)?.message == "a health check failed: GET /health did not answer within 0.05 s")
    }
  }

  @Test func failuresOfTheStartPeriodDoNotCount() async throws {
    try await onStage(Self.quick) { stage in
      stage.route()
      var habits = FakeRunner.Habits()
      habits.health = 503
      let runner = try await stage.runner(habits: habits) { launch in
        Self.asked(&launch)
        launch.healthStartSeconds = 60
      }
      try await until("it was asked") { runner.seen.withLock { $0.checks.count >= 5 } }
      #expect(Self.report(stage) == nil)
    }
  }

  @Test func nobodyAsksADrainingRunnerOrOneThatIsNotToBeAsked() async throws {
    try await onStage(Self.quick) { stage in
      stage.route()
      let quiet = try await stage.runner("quiet") { launch in
        Self.asked(&launch)
        launch.healthRegularly = false
      }
      let runner = try await stage.runner(adjust: Self.asked)
      try await until("it was asked") { runner.seen.withLock { $0.checks.count >= 1 } }
      stage.gateway.drain(RunnerID("one"))
      try await until("it is told") { runner.seen.withLock { $0.drained } }
      let asked = runner.seen.withLock { $0.checks.count }
      try await Task.sleep(for: .milliseconds(100))
      #expect(runner.seen.withLock { $0.checks.count } == asked)
      #expect(quiet.seen.withLock { $0.checks.count } == 0)
    }
  }

  @Test(arguments: [
    ("/unwell", "GET /unwell answered 500"), ("/die", "GET /die got no whole answer"),
    ("/hold", "GET /hold did not answer within 0.05 s"), ("/gone", "GET /gone got no connection"),
  ]) func aProgramThatIsNotWellIsTold(path: String, problem: String) async throws {
    let program = try await FakeProgram()
    try await onStage(Self.quick) { stage in
      stage.route(command: true)
      if path == "/gone" { try await program.close() }
      try await stage.runner(port: program.port) { launch in
        launch.role = .command
        Self.asked(&launch)
        launch.healthPath = path
        launch.healthTimeoutSeconds = 0.05
      }
      try await until("it is told") { Self.report(stage) != nil }
      #expect(Self.report(stage)?.message == "3 health checks in a row failed: \(problem)")
    }
    // The last case has closed it.
    try? await program.close()
  }

  @Test func aBusyProgramIsAskedOnAConnectionOfItsOwn() async throws {
    let program = try await FakeProgram()
    try await onStage(Self.quick) { stage in
      stage.route(command: true)
      try await stage.runner(slots: 1, port: program.port) { launch in
        launch.role = .command
        Self.asked(&launch)
      }
      let client = try await stage.client()
      try await client.send("GET /me/app/hold HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("it was asked") {
        program.seen.withLock { seen in seen.heads.count { $0.uri == "/health" } >= 5 && seen.heads.contains { $0.uri == "/hold" }
        }
      }
      #expect(Self.report(stage) == nil)
      #expect(program.seen.withLock { $0.connections } == 2)
    }
    try await program.close()
  }

  @Test func theHookAnswersForTheApp() async throws {
    try await onStage { stage in
      stage.route(hooks: ["health"])
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.send("GET /me/app/health HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().status == 200)
      #expect(runner.seen.withLock { $0.requests.map(\.path) } == ["/health"])
      try await client.post("/me/app/health")
      #expect(try await client.reply().status == 404)
    }
  }
}
