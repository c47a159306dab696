import EngineCore
import Gateway
import Testing

@Suite(.serialized) struct StopTests {
  @Test func whatIsInFlightFinishesAndNothingNewBegins() async throws {
    let stage = try await Stage()
    stage.route()
    let runner = try await stage.runner()
    let busy = try await stage.client()
    let idle = try await stage.client()
    try await idle.post("/me/app")
    _ = try await idle.reply()
    try await busy.post("/me/app/late", "1000")
    try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
    let stopped = Task { await stage.gateway.stop(grace: .seconds(5)) }
    try await until("the idle one is closed") { idle.isClosed }
    let reply = try await busy.reply()
    #expect(reply.status == 200)
    #expect(reply.headers["connection"] == "close")
    await stopped.value
    await #expect(throws: (any Error).self) { try await stage.client() }
    try await until("closed") { stage.saw("one") { $0 == .closed } }
    await stage.gateway.stop()
    try await runner.remove()
  }

  @Test func theStopEndsWithTheLastRequest() async throws {
    let stage = try await Stage()
    stage.route()
    let runner = try await stage.runner()
    let call = Task { await stage.gateway.call(Stage.app, path: "/late", body: Array("200".utf8)) }
    try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
    let begin = ContinuousClock.now
    await stage.gateway.stop(grace: .seconds(60))
    #expect(await call.value.status == 200)
    #expect(ContinuousClock.now - begin < .seconds(20))
    try await runner.remove()
  }

  @Test func aCancelledStopWaitsNoLonger() async throws {
    let stage = try await Stage()
    stage.route()
    let call = Task { await stage.gateway.call(Stage.app) }
    try await until("it waits") { stage.demand?.queued == 1 }
    let stopping = Task { await stage.gateway.stop(grace: .seconds(60)) }
    stopping.cancel()
    await stopping.value
    #expect(await call.value.status == 503)
  }

  @Test func whatDoesNotFinishIsEndedAfterTheGrace() async throws {
    let stage = try await Stage()
    stage.route()
    let runner = try await stage.runner()
    let client = try await stage.client()
    try await client.post("/me/app/hold")
    try await until("it runs") { runner.seen.withLock { $0.inFlight == 1 } }
    let begin = ContinuousClock.now
    await stage.gateway.stop(grace: .milliseconds(100))
    #expect(ContinuousClock.now - begin < .seconds(3))
    try await until("it is closed") { client.isClosed }
    try await runner.remove()
  }
}
