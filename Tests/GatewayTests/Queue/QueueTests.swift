import AppModel
import EngineCore
import FoundationEssentials
import Gateway
import Queueing
import RunnerProtocol
import Testing

@Suite(.serialized) struct QueueTests {
  struct Answer: Decodable {
    var status: String?
    var requestID: String?
    var queuePosition: Int?
    var responseURL: String?
    var error: String?
    var errorType: String?
    var detail: String?
    var logs: [Log]?
    var metrics: Metrics?

    enum CodingKeys: String, CodingKey {
      case status, error, detail, logs, metrics
      case requestID = "request_id"
      case queuePosition = "queue_position"
      case responseURL = "response_url"
      case errorType = "error_type"
    }

    struct Log: Decodable {
      var message: String
      var level: String
    }

    struct Metrics: Decodable {
      var inferenceTime: Double

      enum CodingKeys: String, CodingKey { case inferenceTime = "inference_time" }
    }
  }

  private func onQueue(
    _ storage: MemoryQueue = MemoryQueue(), _ body: (Stage, MemoryQueue) async throws -> Void
  ) async throws {
    try await onStage { stage in
      try stage.gateway.openQueue(storage)
      stage.route()
      try await body(stage, storage)
    }
  }

  private func call(
    _ stage: Stage, _ method: String, _ path: String, _ body: String = "", headers: String = ""
  ) async throws -> (status: Int, answer: Answer, reply: RawClient.Reply) {
    let client = try await stage.client()
    defer { client.close() }
    try await client.send(
      "\(method) /queue/me/app\(path) HTTP/1.1\r\nHost: box\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    let reply = try await client.reply()
    return (reply.status, (try? JSONDecoder().decode(Answer.self, from: Data(reply.body.utf8))) ?? Answer(), reply)
  }

  private func submit(_ stage: Stage, _ path: String = "", _ body: String = "{}", headers: String = "") async throws -> String {
    let (status, answer, reply) = try await call(stage, "POST", path, body, headers: headers)
    #expect(status == 200, "\(reply.body)")
    #expect(answer.status == "IN_QUEUE")
    return try #require(answer.requestID)
  }

  private func becomes(_ status: String, _ id: String, _ stage: Stage) async throws -> Answer {
    try await until("\(id) is \(status)") {
      let answer = try await call(stage, "GET", "/requests/\(id)/status?logs=1").answer
      return answer.status == status ? answer : nil
    }
  }

  @Test func aRequestGoesFromTheQueueToItsResult() async throws {
    try await onQueue { stage, storage in
      let runner = try await stage.runner()
      let (status, answer, reply) = try await call(stage, "POST", "/echo-is-unknown")
      #expect(status == 404, "\(answer) \(reply)")
      #expect(try await call(stage, "POST", "/brief").status == 426, "a realtime endpoint has no queue")
      let id = try await submit(
        stage, "/fail?size=3&fal_max_queue_length=9", #"{"n":1}"#, headers: "X-Mine: 1\r\nX-Fal-Secret: 2\r\n")
      let ended = try await becomes("COMPLETED", id, stage)
      #expect(ended.error != nil && ended.errorType == "bad_request" && ended.metrics != nil)
      let result = try await call(stage, "GET", "/requests/\(id)")
      #expect(result.status == 422)
      #expect(result.reply.body == #"{"detail":"no"}"#)
      #expect(result.reply.headers["x-fal-request-id"] == id)
      #expect(result.reply.headers["x-fal-error-type"] == "bad_request")
      let seen = try #require(runner.seen.withLock { $0.requests.first })
      #expect(seen.requestID == id && seen.path == "/fail" && seen.query == "size=3")
      #expect(seen.headers.map(\.name) == ["x-mine"])
      #expect(storage.contents.withLock { $0.outcomes[id]?.attempts } == 1)
      try await stage.becomesIdle()
    }
  }

  @Test func urlsAreThoseThatTheClientCanReach() async throws {
    try await onQueue { stage, _ in
      let (_, answer, _) = try await call(stage, "POST", "")
      let id = try #require(answer.requestID)
      #expect(answer.responseURL == "http://box/queue/me/app/requests/\(id)")
    }
  }

  @Test func nothingIsAcknowledgedBeforeItIsWritten() async throws {
    try await onQueue { stage, storage in
      storage.hold()
      let client = try await stage.client()
      try await client.post("/queue/me/app")
      try await until("it is being written") { storage.contents.withLock { $0.held?.isEmpty == false } }
      #expect(client.received.isEmpty)
      storage.release()
      #expect(try await client.reply().status == 200)
      storage.contents.withLock { $0.isFailing = true }
      try await client.post("/queue/me/app")
      #expect(try await client.reply().status == 503)
    }
  }

  @Test func requestsWaitInTheirOrderAndTellTheirPlace() async throws {
    try await onQueue { stage, _ in
      let low = try await submit(stage, headers: "X-Fal-Queue-Priority: low\r\n")
      var ids: [String] = []
      for _ in 0..<3 { ids.append(try await submit(stage)) }
      for (place, id) in ids.enumerated() {
        let (status, answer, _) = try await call(stage, "GET", "/requests/\(id)/status")
        #expect(status == 202 && answer.status == "IN_QUEUE" && answer.queuePosition == place)
      }
      #expect(try await call(stage, "GET", "/requests/\(low)/status").answer.queuePosition == 3)
      #expect(try await call(stage, "GET", "/requests/\(low)").status == 202)
      try await until("the engine is told") { stage.demand?.queued == 4 }
      let runner = try await stage.runner(slots: 1)
      for id in ids + [low] { _ = try await becomes("COMPLETED", id, stage) }
      #expect(runner.seen.withLock { $0.requests.map(\.requestID) } == ids + [low])
      try await stage.becomesIdle()
    }
  }

  @Test func aRequestIsCancelledWhileItWaitsAndWhileItRuns() async throws {
    try await onQueue { stage, storage in
      let waiting = try await submit(stage, "/hold")
      #expect(try await call(stage, "PUT", "/requests/\(waiting)/cancel").answer.status == "CANCELLATION_REQUESTED")
      let runner = try await stage.runner(slots: 1)
      let running = try await submit(stage, "/hold")
      _ = try await becomes("IN_PROGRESS", running, stage)
      let (status, answer, _) = try await call(stage, "PUT", "/requests/\(running)/cancel")
      #expect(status == 202 && answer.status == "CANCELLATION_REQUESTED")
      for id in [waiting, running] {
        let result = try await call(stage, "GET", "/requests/\(id)")
        #expect(result.status == 499 && result.answer.errorType == "client_cancelled")
        let again = try await call(stage, "PUT", "/requests/\(id)/cancel")
        #expect(again.status == 400 && again.answer.status == "ALREADY_COMPLETED")
      }
      try await until("the runner was told") { runner.seen.withLock { $0.cancelled } == 1 }
      let unknown = "00000000-0000-4000-8000-000000000000"
      let (code, body, _) = try await call(stage, "PUT", "/requests/\(unknown)/cancel")
      #expect(code == 404 && body.status == "NOT_FOUND")
      #expect(storage.contents.withLock { $0.ends } == 2)
      try await stage.becomesIdle()
    }
  }

  @Test func aLostRunnerIsNoOutcome() async throws {
    try await onQueue { stage, storage in
      try await stage.runner("first", slots: 1)
      let id = try await submit(stage, "/die")
      try await until("the attempt failed") { storage.contents.withLock { $0.requests[id]?.pending.notBefore } != nil }
      #expect(try await call(stage, "GET", "/requests/\(id)/status").answer.status == "IN_QUEUE")
      try await stage.runner("second", slots: 1)
      try await until("it is tried again") { storage.contents.withLock { $0.attempts[id] ?? 0 } >= 2 }
      let once = try await submit(stage, "/die", headers: "X-Fal-No-Retry: 1\r\n")
      try await stage.runner("third", slots: 4)
      let ended = try await becomes("COMPLETED", once, stage)
      #expect(ended.errorType == "runner_disconnected")
    }
  }

  @Test func whoCannotStartInTimeGivesUp() async throws {
    try await onQueue { stage, _ in
      let id = try await submit(stage, headers: "X-Fal-Request-Timeout: 0.05\r\n")
      _ = try await becomes("COMPLETED", id, stage)
      let result = try await call(stage, "GET", "/requests/\(id)")
      #expect(result.status == 504 && result.answer.errorType == "request_timeout")
      #expect(result.reply.headers["x-fal-request-timeout-type"] == "user")
    }
  }

  @Test func theSameKeyIsTheSameRequest() async throws {
    try await onQueue { stage, _ in
      let first = try await submit(stage, headers: "Idempotency-Key: one\r\n")
      #expect(try await submit(stage, headers: "Idempotency-Key: one\r\n") == first)
      #expect(try await submit(stage, headers: "Idempotency-Key: two\r\n") != first)
      let full = try await call(stage, "POST", "?fal_max_queue_length=2")
      #expect(full.status == 429 && full.answer.errorType == "queue_length_exceeded")
      #expect(full.reply.headers["retry-after"] != nil)
    }
  }

  @Test func theNextProcessGoesOnWhereTheLastOneStopped() async throws {
    let storage = MemoryQueue()
    var ids: [String] = []
    try await onQueue(storage) { stage, _ in
      try await stage.runner(slots: 1)
      for _ in 0..<3 { ids.append(try await submit(stage, "/hold")) }
      _ = try await becomes("IN_PROGRESS", ids[0], stage)
    }
    #expect(storage.contents.withLock { $0.ends } == 0, "a server that stops ends no request")
    try await onQueue(storage) { stage, _ in
      let runner = try await stage.runner(slots: 3)
      try await until("all run again") { runner.seen.withLock { Set($0.requests.map(\.requestID)) } == Set(ids) }
      #expect(storage.contents.withLock { $0.attempts[ids[0]] } == 2)
    }
  }

  @Test func whatWaitsForAnAppThatIsGoneEnds() async throws {
    let storage = MemoryQueue()
    try await onQueue(storage) { stage, _ in
      let id = try await submit(stage)
      stage.gateway.route(Stage.app, to: nil)
      try await until("it has ended") { storage.contents.withLock { $0.outcomes[id]?.status } == 404 }
    }
    try await onQueue(storage) { stage, _ in
      storage.hold()
      let client = try await stage.client()
      try await client.post("/queue/me/app")
      try await until("it is being written") { storage.contents.withLock { $0.held?.isEmpty == false } }
      stage.gateway.route(Stage.app, to: nil)
      storage.release()
      #expect(try await client.reply().status == 200)
      try await until("it has ended too") { storage.contents.withLock { $0.outcomes.count } == 2 }
    }
    let left = PendingRequest(
      sequence: 9,
      request: QueuedRequest(
        id: "left", app: AppID(owner: "me", name: "gone"), path: "/", caller: .anonymous, submittedAt: Moment(nanoseconds: 0)))
    storage.contents.withLock { $0.requests["left"] = (left, []) }
    try await onQueue(storage) { stage, _ in
      stage.gateway.endQueuesOfMissingApps()
      try await until("it has ended") { storage.contents.withLock { $0.outcomes["left"]?.status } == 404 }
    }
  }

  @Test func anOutcomeIsWrittenWhenTheDiskTakesItAgain() async throws {
    try await onQueue { stage, storage in
      let runner = try await stage.runner(slots: 1)
      let id = try await submit(stage, "/late", "50")
      let next = try await submit(stage, "/late", "0")
      let third = try await submit(stage, "/late", "0")
      _ = try await becomes("IN_PROGRESS", id, stage)
      storage.contents.withLock { $0.isFailing = true }
      try await stage.becomesIdle()
      #expect(try await call(stage, "GET", "/requests/\(id)/status").answer.status == "IN_PROGRESS")
      // The slot of the first was free before anybody knew.
      #expect(runner.seen.withLock { $0.requests.count } == 2, "nothing begins while outcomes cannot be written")
      storage.contents.withLock { $0.isFailing = false }
      for id in [id, next, third] { _ = try await becomes("COMPLETED", id, stage) }
    }
  }

  @Test func aStatusStreamTellsChangesUntilTheEnd() async throws {
    try await onQueue { stage, _ in
      let id = try await submit(stage, "/late", "100")
      let client = try await stage.client()
      try await client.send("GET /queue/me/app/requests/\(id)/status/stream?logs=1 HTTP/1.1\r\nHost: box\r\n\r\n")
      try await until("the place is told") { client.received.contains("IN_QUEUE") }
      try await stage.runner(slots: 1)
      let reply = try await client.reply()
      #expect(reply.headers["content-type"]?.hasPrefix("text/event-stream") == true)
      let states = reply.body.components(separatedBy: "\n\n").compactMap { event in
        try? JSONDecoder().decode(Answer.self, from: Data(event.dropFirst("data: ".count).utf8)).status
      }
      #expect(states == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"])
      // The connection lives on, and what has ended is one event.
      try await client.send("GET /queue/me/app/requests/\(id)/status/stream HTTP/1.1\r\nHost: box\r\n\r\n")
      #expect(try await client.reply().body.contains("COMPLETED"))
      let leaving = try await stage.client()
      let held = try await submit(stage, "/hold")
      try await leaving.send("GET /queue/me/app/requests/\(held)/status/stream HTTP/1.1\r\nHost: box\r\n\r\n")
      try await until("it runs") { leaving.received.contains("IN_PROGRESS") }
      leaving.close()
      #expect(try await call(stage, "PUT", "/requests/\(held)/cancel").status == 202)
    }
  }

  @Test func directCallersAndTheQueueTakeTurns() async throws {
    try await onQueue { stage, _ in
      let runner = try await stage.runner(slots: 1)
      let held = try await submit(stage, "/hold")
      _ = try await becomes("IN_PROGRESS", held, stage)
      var queued: [String] = []
      for _ in 0..<3 { queued.append(try await submit(stage)) }
      let clients = [try await stage.client(), try await stage.client(), try await stage.client()]
      for (index, client) in clients.enumerated() {
        try await client.post("/me/app")
        try await until("it waits") { stage.demand?.queued == 4 + index }
      }
      #expect(try await call(stage, "PUT", "/requests/\(held)/cancel").status == 202)
      for client in clients { _ = try await client.reply() }
      for id in queued { _ = try await becomes("COMPLETED", id, stage) }
      let order = runner.seen.withLock { $0.requests.dropFirst().map { queued.contains($0.requestID) } }
      #expect(order == [false, true, false, true, false, true] || order == [true, false, true, false, true, false], "\(order)")
    }
  }

  @Test func aLargeResultComesPartByPart() async throws {
    try await onQueue { stage, _ in
      try await stage.runner()
      let size = 3_000_000
      let id = try await submit(stage, "/big", "\(size)")
      _ = try await becomes("COMPLETED", id, stage)
      let client = try await stage.client()
      for _ in 0..<2 {
        try await client.send("GET /queue/me/app/requests/\(id) HTTP/1.1\r\nHost: box\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.status == 200 && reply.isWhole && reply.body.utf8.count == size + 2)
      }
    }
  }

  @Test func aKeyHasNoMoreRequestsUnderWayThanItMay() async throws {
    let keys = PublicKeys(max: 1)
    try await onStage(authenticator: keys) { stage in
      try stage.gateway.openQueue(MemoryQueue())
      stage.route()
      let runner = try await stage.runner(slots: 4)
      let first = try await submit(stage, "/hold", headers: "Authorization: Key one:x\r\n")
      let second = try await submit(stage, "/hold", headers: "Authorization: Key one:x\r\n")
      let third = try await submit(stage, "/hold", headers: "Authorization: Key one:x\r\n")
      let other = try await submit(stage, "/hold", headers: "Authorization: Key two:x\r\n")
      try await until("the other key's runs") { runner.seen.withLock { $0.requests.map(\.requestID) } == [first, other] }
      let key = "Authorization: Key one:x\r\n"
      #expect(try await call(stage, "GET", "/requests/\(second)/status", headers: key).answer.queuePosition == 0)
      #expect(try await call(stage, "PUT", "/requests/\(second)/cancel", headers: key).status == 202)
      #expect(try await call(stage, "PUT", "/requests/\(first)/cancel", headers: key).status == 202)
      try await until("the third runs") { runner.seen.withLock { $0.requests.map(\.requestID) } == [first, other, third] }
    }
  }

  @Test func sizeAndFlush() async throws {
    try await onQueue { stage, storage in
      for _ in 0..<3 { _ = try await submit(stage) }
      var size = await stage.gateway.queueSize(of: Stage.app)
      #expect(size.waiting == 3 && size.running == 0 && size.byUser == ["": 3] || size.byUser == ["me": 3])
      #expect(await stage.gateway.flushQueue(of: Stage.app, user: "nobody") == 0)
      #expect(await stage.gateway.flushQueue(of: Stage.app) == 3)
      try await until("all are ended") { storage.contents.withLock { $0.outcomes.count } == 3 }
      size = await stage.gateway.queueSize(of: Stage.app)
      #expect(size.waiting == 0)
      try await stage.becomesIdle()
    }
  }
}
