import EngineCore
import Gateway
import RunnerProtocol
import Testing

/// A gateway that starts where another one died: its runners are already serving.
@Suite(.serialized) struct AdoptionTests {
  func launch(_ id: String) -> LaunchSpec {
    LaunchSpec(role: .endpoints, bundle: "/", script: "a.lua", app: "app", runnerID: id)
  }

  @Test func aRunnerThatServedADeadGatewayServesTheNextOne() async throws {
    let runner = try await FakeRunner()
    for round in 1...3 {
      let stage = try await Stage()
      stage.route()
      // The route is known before the runner is: nothing is refused.
      let early = try await stage.client()
      try await early.post("/me/app", "early")
      try await until("it waits") { stage.demand?.queued == 1 }
      stage.attach(RunnerID("one"), revision: "r1", socket: runner.socket, launch: launch("one"), slots: 2)
      #expect(try await early.reply().body == "early")
      for _ in 0..<2 {
        let client = try await stage.client()
        try await client.post("/me/app/hold")
      }
      try await until("both slots are taken") { runner.seen.withLock { $0.inFlight == 2 } }
      #expect(runner.seen.withLock { $0.connections } == round)
      try await stage.end()
      try await until("the runner has seen it") { runner.seen.withLock { $0.inFlight == 0 } }
    }
    try await runner.remove()
  }

  @Test func aDrainingRunnerGetsNothingAndTheRequestWaitsForAnother() async throws {
    try await onStage { stage in
      stage.route()
      var habits = FakeRunner.Habits()
      habits.isDraining = true
      let draining = try await stage.runner("old", readyAtOnce: false, habits: habits)
      try await until("it says so") { stage.saw("old") { $0 == .draining } }
      let client = try await stage.client()
      try await client.post("/me/app", "1")
      try await until("it waits") { stage.demand?.queued == 1 }
      // Should it say more than it means.
      draining.becomeReady()
      try await stage.runner("new")
      #expect(try await client.reply().body == "1")
      #expect(draining.seen.withLock { $0.requests.isEmpty })
    }
  }

  @Test func aDrainThatIsAskedForBeforeTheConnectionIsThereIsNotLost() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await FakeRunner()
      stage.runners.withLock { $0.append(runner) }
      stage.attach(RunnerID("one"), revision: "r1", socket: runner.socket, launch: launch("one"), slots: 1)
      stage.gateway.drain(RunnerID("one"))
      try await until("it is told") { runner.seen.withLock { $0.drained && $0.launch != nil } }
    }
  }

  @Test func aProgramIsReachedAtThePortThatTheRunnerNames() async throws {
    let program = try await FakeProgram()
    let runner = try await FakeRunner(port: program.port)
    for _ in 0..<2 {
      let stage = try await Stage()
      stage.route(command: true)
      var launch = launch("one")
      launch.role = .command
      stage.attach(RunnerID("one"), revision: "r1", socket: runner.socket, launch: launch, slots: 1)
      #expect(try await stage.post("/x", "2").body == "POST /x 2")
      try await stage.end()
    }
    try await runner.remove()
    try await program.close()
  }
}
