import EngineCore
import Gateway
import Testing

@Suite(.serialized) struct StreamTests {
  @Test func eventsComeAsTheyAreSent() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.post("/me/app/stream", "3")
      let reply = try await client.reply()
      #expect(reply.status == 200)
      #expect(reply.headers["content-type"] == "text/event-stream; charset=utf-8")
      #expect(reply.headers["x-fal-request-id"] != nil)
      #expect(reply.body == "data: {\"n\":0}\n\ndata: {\"n\":1}\n\ndata: {\"n\":2}\n\n")
      try await client.post("/me/app")
      #expect(try await client.reply().status == 200)
      try await stage.becomesIdle()
    }
  }

  @Test func anErrorInMidStreamIsItsLastEvent() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let reply = try await stage.post("/cut")
      #expect(reply.body == "data: 1\n\nevent: error\ndata: {\"detail\":\"broke\"}\n\n")
      #expect(reply.isWhole)
    }
  }

  @Test func aRunnerThatDiesInMidStreamIsALastEventToo() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner { $0.streamCredit = 1_000 }
      let client = try await stage.client(paused: true)
      try await client.post("/me/app/flood", "1000")
      try await until("it streams") { runner.seen.withLock { $0.streamed > 0 } }
      runner.die()
      client.collector.resume()
      let reply = try await client.reply()
      #expect(reply.isWhole)
      #expect(reply.body.hasSuffix("\n\n") && reply.body.contains("event: error\ndata: {\"detail\""))
      #expect(reply.body.contains("runner_disconnected"))
    }
  }

  @Test func oldClientsGetTheStreamUntilTheConnectionEnds() async throws {
    try await onStage { stage in
      stage.route()
      try await stage.runner()
      let client = try await stage.client()
      try await client.send("POST /me/app/stream HTTP/1.0\r\nContent-Length: 1\r\n\r\n1")
      #expect(try await client.reply().body == "data: {\"n\":0}\n\n")
    }
  }

  @Test func aSlowReaderHoldsTheRunnerBack() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner { $0.streamCredit = 100_000 }
      let client = try await stage.client(paused: true)
      // 30 MB, of which the kernel's buffers, the gateway's 64 KB and the credit may be on their way.
      try await client.post("/me/app/flood", "3000")
      try await until("it streams") { runner.seen.withLock { $0.streamed > 0 } }
      try await Task.sleep(for: .milliseconds(300))
      let held = runner.seen.withLock { $0.streamed }
      #expect(held < 15_000_000)
      try await Task.sleep(for: .milliseconds(100))
      #expect(runner.seen.withLock { $0.streamed } == held)
      client.collector.resume()
      // Before it is parsed, which takes long.
      try await until("the whole stream") { client.ends(with: "\r\n0\r\n\r\n") }
      let reply = try await client.reply()
      #expect(reply.body.utf8.count == 3_000 * 10_008)
      #expect(runner.seen.withLock { $0.streamed } == 30_000_000)
      try await stage.becomesIdle()
    }
  }

  @Test func aReaderThatLeavesCancelsTheStream() async throws {
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner(slots: 1) { $0.streamCredit = 100_000 }
      let client = try await stage.client(paused: true)
      try await client.post("/me/app/flood", "3000")
      try await until("it streams") { runner.seen.withLock { $0.streamed > 0 } }
      client.close()
      try await until("it is cancelled") { runner.seen.withLock { $0.cancelled == 1 } }
      #expect(try await stage.post().status == 200)
      try await stage.becomesIdle()
    }
  }

  @Test func aReaderThatTakesNothingIsDropped() async throws {
    var configuration = GatewayConfiguration()
    configuration.writeSeconds = 1
    try await onStage(configuration) { stage in
      stage.route()
      let runner = try await stage.runner()
      let client = try await stage.client(paused: true)
      try await client.post("/me/app/flood", "3000")
      try await until("it is cancelled") { runner.seen.withLock { $0.cancelled == 1 } }
      try await stage.becomesIdle()
    }
  }
}
