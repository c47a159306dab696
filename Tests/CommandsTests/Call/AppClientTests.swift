import Synchronization
import Testing

@testable import Commands

/// Calls against a server that answers what fal's protocol says.
@Suite struct AppClientTests {
  private static let submitted = #"""
    {"status":"IN_QUEUE","request_id":"r1","queue_position":3,"response_url":"http://q/r1","status_url":"http://q/r1/status",
     "cancel_url":"http://q/r1/cancel","gateway_request_id":"g"}
    """#
  private static let completed = #"{"status":"COMPLETED","request_id":"r1","logs":[],"metrics":{"inference_time":0.1}}"#

  private func with(
    _ answers: [String: FakeServer.Canned], _ body: (AppClient, FakeServer) async throws -> Void
  ) async throws {
    let server = try await FakeServer(answers)
    try await ControlClient.with(try ServerLocation(server.url, .flag), key: ClientKey("id:secret", .variable)) { client in
      try await body(AppClient(control: client, app: "ada/words"), server)
    }
  }

  private func run(_ client: AppClient) -> QueueRun {
    QueueRun(
      client: client, display: CallDisplay(Console(environment: [:]), isSilent: true),
      printer: LogPrinter(style: .plain, secondsFromGMT: 0))
  }

  private func text(_ client: AppClient, of id: String) async throws -> String {
    let response = try await run(client).result(of: id)
    #expect(response.status.code == 200)
    return String(decoding: try await client.control.collected(response), as: UTF8.self)
  }

  @Test func aSubmitSaysItAllAndReadsTheWayBack() async throws {
    try await with(["POST /queue/ada/words/stream": .init(pieces: [Self.submitted])]) { client, server in
      let status = try await client.submit("/stream", query: "?fal_webhook=http%3A%2F%2Fh", headers: [], input: #"{"a":1}"#)
      #expect(status.requestID == "r1")
      #expect(status.phase == .waiting)
      #expect(status.position == 3)
      #expect(status.resultURL == "http://q/r1")
      let request = server.requests[0]
      #expect(request.uri == "/queue/ada/words/stream?fal_webhook=http%3A%2F%2Fh")
      #expect(request.authorization == "Key id:secret")
      #expect(request.body == #"{"a":1}"#)
    }
  }

  @Test func theDefaultEndpointHasNoPathInTheQueue() async throws {
    try await with(["POST /queue/ada/words": .init(pieces: [Self.submitted])]) { client, _ in
      let status = try await client.submit("/", query: "", headers: [], input: "{}")
      #expect(status.requestID == "r1")
    }
  }

  @Test func aRequestIsFollowedByTheChangesThatAreTold() async throws {
    let changes = [
      #"{"status":"IN_QUEUE","queue_position":0}"#, #"{"status":"IN_PROGRESS","logs":null}"#, Self.completed,
    ].map { "data: \($0)\n\n" }
    try await with([
      "GET /queue/ada/words/requests/r1/status/stream": .init(
        pieces: changes, pause: .milliseconds(1), contentType: "text/event-stream"),
      "GET /queue/ada/words/requests/r1": .init(pieces: [#"{"words":[]}"#]),
    ]) { client, server in
      let text = try await text(client, of: "r1")
      #expect(text == #"{"words":[]}"#)
      #expect(server.requests.map(\.uri).first == "/queue/ada/words/requests/r1/status/stream?logs=1")
      #expect(server.requests.count == 2)
    }
  }

  @Test func whereChangesAreNotToldItIsAskedForThem() async throws {
    try await with([
      "GET /queue/ada/words/requests/r1/status": .init(pieces: [Self.completed]),
      "GET /queue/ada/words/requests/r1": .init(pieces: ["1"]),
    ]) { client, server in
      let text = try await text(client, of: "r1")
      #expect(text == "1")
      #expect(server.requests.count == 3)
    }
  }

  @Test func aStreamThatBreaksIsTakenUpAgain() async throws {
    let path = "GET /queue/ada/words/requests/r1/status/stream"
    let event = "data: \(Self.completed)\n\n"
    try await with([
      path: .init(pieces: [": hello\n\n"], contentType: "text/event-stream", breaks: true),
      "\(path) 2": .init(pieces: [event], contentType: "text/event-stream"),
      "GET /queue/ada/words/requests/r1": .init(pieces: ["1"]),
    ]) { client, server in
      let text = try await text(client, of: "r1")
      #expect(text == "1")
      #expect(server.requests.count == 3)
    }
  }

  @Test func anUnknownRequestIsNotWaitedFor() async throws {
    let unknown = FakeServer.Canned(status: 404, pieces: [#"{"status":"NOT_FOUND"}"#])
    try await with(["GET /queue/ada/words/requests/r1/status": unknown]) { client, _ in
      let error = try await #require(throws: CommandError.self) { try await run(client).result(of: "r1") }
      #expect(error.code == "status-404")
    }
  }

  @Test func cancellingTellsWhetherItWasInTime() async throws {
    try await with([
      "PUT /queue/ada/words/requests/r1/cancel": .init(status: 202, pieces: [#"{"status":"CANCELLATION_REQUESTED"}"#]),
      "PUT /queue/ada/words/requests/r2/cancel": .init(status: 400, pieces: [#"{"status":"ALREADY_COMPLETED"}"#]),
      "PUT /queue/ada/words/requests/r3/cancel": .init(status: 404, pieces: [#"{"status":"NOT_FOUND"}"#]),
    ]) { client, _ in
      let (first, second) = (try await client.cancel("r1"), try await client.cancel("r2"))
      #expect(first && !second)
      await #expect(throws: CommandError.self) { try await client.cancel("r3") }
    }
  }

  @Test func eventsArriveAsTheyCome() async throws {
    let pieces = ["data: 1\n", "\ndata: 2\n\n", "event: error\ndata: {\"detail\":\"no\"}\n\n"]
    try await with(["POST /ada/words/s": .init(pieces: pieces, contentType: "text/event-stream")]) { client, _ in
      let response = try await client.call("/s", headers: [], input: "{}")
      let events = Mutex<[EventStream.Event]>([])
      try await client.events(of: response) { event in
        events.withLock { $0.append(event) }
        return true
      }
      #expect(events.withLock { $0.map(\.data) } == ["1", "2", #"{"detail":"no"}"#])
      #expect(events.withLock { $0.map(\.name) } == ["", "", "error"])
    }
  }

  @Test func aKeyThatMayNotIsNamedByItsPlace() async throws {
    let refusal = FakeServer.Canned(status: 401, pieces: [#"{"detail":"Cannot access application \"ada/words\""}"#])
    try await with(["POST /ada/words/": refusal]) { client, _ in
      let response = try await client.call("/", headers: [], input: "{}")
      let output = CallOutput(
        client: client, display: CallDisplay(Console(environment: [:]), isSilent: true), isForReading: false)
      let error = try await #require(throws: CommandError.self) { try await output.show(response) }
      #expect(error.message.contains("does not take the key from $APOLUNE_KEY: Cannot access application"), "\(error)")
    }
  }

  @Test func aServerThatGoesAwayInTheMiddleIsNotTakenForNone() async throws {
    try await with(["POST /ada/words/": .init(pieces: [], breaks: true)]) { client, _ in
      let error = try await #require(throws: CommandError.self) {
        _ = try await client.control.collected(try await client.call("/", headers: [], input: "{}"))
      }
      #expect(error.code == ClientFailure.broken)
    }
  }
}
