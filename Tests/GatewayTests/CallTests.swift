import EngineCore
import Gateway
import RunnerProtocol
import Testing

@Suite(.serialized) struct CallTests {
  @Test func aCallWithinTheProcessIsAnsweredLikeAnyOther() async throws {
    try await onStage { stage in
      stage.route(auth: .private)
      let runner = try await stage.runner()
      let answer = await stage.gateway.call(Stage.app, body: Array("[1]".utf8), headers: [.init("x-a", "b")])
      #expect(answer.status == 200)
      #expect(answer.body == Array("[1]".utf8))
      #expect(answer.events == nil)
      let seen = runner.seen.withLock { $0.requests[0] }
      #expect(seen.requestID == answer.requestID)
      #expect(seen.callerID == "me")
      #expect(seen.headers == [.init("x-a", "b")])
      #expect(await stage.gateway.call(Stage.app, path: "/fail").errorType == "bad_request")
      #expect(await stage.gateway.call(Stage.app, path: "/no").status == 404)
      #expect(await stage.gateway.call(AppID(owner: "me", name: "no")).status == 404)
      #expect(await stage.gateway.call(Stage.app, path: "/die").errorType == "runner_disconnected")
      try await stage.becomesIdle()
    }
  }

  @Test func eventsAreCollectedUpToABound() async throws {
    var configuration = GatewayConfiguration()
    configuration.callAnswerMax = 1_000_000
    try await onStage(configuration) { stage in
      stage.route()
      let runner = try await stage.runner { $0.streamCredit = 20_000 }
      let answer = await stage.gateway.call(Stage.app, path: "/stream", body: Array("2".utf8))
      #expect(answer.events == [Array(#"{"n":0}"#.utf8), Array(#"{"n":1}"#.utf8)])
      #expect(await stage.gateway.call(Stage.app, path: "/flood", body: Array("90".utf8)).events?.count == 90)
      let cut = await stage.gateway.call(Stage.app, path: "/cut")
      #expect(cut.status == 500 && cut.events?.count == 1)
      let large = await stage.gateway.call(Stage.app, path: "/flood", body: Array("5000".utf8))
      #expect(large.status == 500)
      try await until("it is cancelled") { runner.seen.withLock { $0.cancelled == 1 } }
      try await stage.becomesIdle()
    }
  }

  @Test func aCancelledTaskCancelsItsCallOnly() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner()
      let other = Task { await stage.gateway.call(Stage.app, path: "/late", body: Array("200".utf8)) }
      let task = Task { await stage.gateway.call(Stage.app, path: "/hold") }
      try await until("both run") { runner.seen.withLock { $0.inFlight == 2 } }
      task.cancel()
      #expect(await task.value.status == 499)
      #expect(await other.value.status == 200)
      let early = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await stage.gateway.call(Stage.app, path: "/hold")
      }
      #expect(await early.value.status == 499)
      try await stage.becomesIdle()
    }
  }

  @Test func aCommandAppCanBeCalledToo() async throws {
    let program = try await FakeProgram()
    try await onStage { stage in
      stage.route(command: true)
      try await stage.runner(port: program.port)
      let answer = await stage.gateway.call(Stage.app, path: "/x?y", body: Array("hi".utf8))
      #expect(answer.status == 200)
      #expect(String(decoding: answer.body, as: UTF8.self) == "POST /x?y hi")
      #expect(await stage.gateway.call(Stage.app, path: "/die").status == 502)
      let chunks = await stage.gateway.call(Stage.app, path: "/chunks")
      #expect(String(decoding: chunks.body, as: UTF8.self) == "part 0;part 1;part 2;")
      try await stage.becomesIdle()
    }
    try await program.close()
  }

  @Test func aStoppedGatewayRefuses() async throws {
    let stage = try await Stage()
    stage.route()
    let waiting = Task { await stage.gateway.call(Stage.app) }
    try await until("it waits") { stage.demand?.queued == 1 }
    try await stage.end()
    #expect(await waiting.value.status == 503)
    #expect(await stage.gateway.call(Stage.app).status == 503)
  }
}
