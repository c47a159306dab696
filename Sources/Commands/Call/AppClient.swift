import AsyncHTTPClient
import ControlAPI
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Calls one app of a server, at once or through its queue, as any other client does.
struct AppClient: Sendable {
  /// As long as fal's client waits for the acknowledgement of a submit.
  static let submitTimeout: TimeAmount = .seconds(120)

  let control: ControlClient
  /// As in URLs: `ada/words--staging`.
  let app: String

  /// An app may take as long as it likes: its own limits end it.
  func call(_ path: String, headers: [(String, String)], input: String) async throws -> HTTPClientResponse {
    try await send(.POST, "/\(app)\(path)", headers: headers, input: input, deadline: .distantFuture)
  }

  func submit(_ path: String, query: String, headers: [(String, String)], input: String) async throws -> QueueStatus {
    let deadline = NIODeadline.now() + Self.submitTimeout
    let target = "/queue/\(app)\(path == "/" ? "" : path)\(query)"
    return try await status(try await send(.POST, target, headers: headers, input: input, deadline: deadline))
  }

  /// With the logs so far.
  func status(of id: String) async throws -> QueueStatus {
    try await status(try await short(.GET, request(id) + "/status?logs=1"))
  }

  /// Gives every change of the request to `take` until it is completed; false: the server does not tell changes.
  func follow(_ id: String, _ take: (QueueStatus) -> Void) async throws -> Bool {
    let headers = [("accept", "text/event-stream")]
    let response = try await send(.GET, request(id) + "/status/stream?logs=1", headers: headers, deadline: .distantFuture)
    guard response.status.code == 200, response.isEventStream else {
      _ = try await control.collected(response)
      return false
    }
    try await events(of: response) { event in
      take(try decode(Array(event.data.utf8)))
      return true
    }
    return true
  }

  func result(of id: String) async throws -> HTTPClientResponse { try await short(.GET, request(id)) }

  /// False: it has ended before.
  func cancel(_ id: String) async throws -> Bool {
    let response = try await short(.PUT, request(id) + "/cancel")
    let body = try await control.collected(response)
    if response.status.code == 400 { return false }
    guard (200..<300).contains(response.status.code) else { throw failure(response, body) }
    return true
  }

  /// Gives each event to `take`, until it says that it has enough (false) or the answer ends.
  func events(of response: HTTPClientResponse, _ take: (EventStream.Event) throws -> Bool) async throws {
    var stream = EventStream()
    var iterator = response.body.makeAsyncIterator()
    while let piece = try await next(&iterator) {
      let events: [EventStream.Event]
      do {
        events = try stream.take(piece.readableBytesView)
      } catch {
        let reason = "an event has more than \(EventStream.eventBytesMax) bytes"
        throw ClientFailure.notAnAnswer(control.location, reason).error
      }
      for event in events where try !take(event) { return }
    }
  }

  func next(_ iterator: inout HTTPClientResponse.Body.AsyncIterator) async throws -> ByteBuffer? {
    do { return try await iterator.next() } catch { throw control.failure(error, connected: true) }
  }

  /// - Parameter isInStream: it is an event of the answer, and not the answer.
  func failure(_ response: HTTPClientResponse, _ body: [UInt8], isInStream: Bool = false) -> CommandError {
    let failure = CallFailure(
      app: app, status: isInStream ? nil : Int(response.status.code), errorType: response.headers.first(name: "x-fal-error-type"),
      requestID: response.headers.first(name: "x-fal-request-id"), body: body)
    guard failure.status == 401 else { return failure.error }
    return ClientFailure.unauthorized(control.location, control.key, .init(code: "", message: failure.detail)).error
  }

  private func request(_ id: String) -> String { "/queue/\(app)/requests/\(ControlPath.encoded(id))" }

  private func status(_ response: HTTPClientResponse) async throws -> QueueStatus {
    let body = try await control.collected(response)
    guard (200..<300).contains(response.status.code) else { throw failure(response, body) }
    return try decode(body)
  }

  private func decode(_ body: [UInt8]) throws -> QueueStatus {
    do {
      return try JSONDecoder().decode(QueueStatus.self, from: Data(body))
    } catch {
      throw ClientFailure.notAnAnswer(control.location, "\(error)").error
    }
  }

  private func short(_ method: HTTPMethod, _ path: String) async throws -> HTTPClientResponse {
    try await send(method, path, deadline: .now() + ControlClient.callTimeout)
  }

  private func send(
    _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], input: String? = nil, deadline: NIODeadline
  ) async throws -> HTTPClientResponse {
    var request = control.request(method, path)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let input {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: input))
    }
    do {
      return try await control.http.execute(request, deadline: deadline)
    } catch {
      // What a client says itself came after the connection, but for the one that tells that there is none.
      let isConnected = (error as? HTTPClientError).map { $0 != .connectTimeout } ?? false
      throw control.failure(error, connected: isConnected)
    }
  }
}

extension HTTPClientResponse {
  var contentType: String {
    let value = headers.first(name: "content-type") ?? ""
    return value.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
  }

  var isEventStream: Bool { contentType == "text/event-stream" }
}
