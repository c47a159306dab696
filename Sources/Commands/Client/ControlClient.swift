import AsyncHTTPClient
import ControlAPI
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Speaks the control API of one server: a thin shell around the HTTP client that turns whatever goes wrong into an error
/// which a person can act on.
struct ControlClient: Sendable {
  /// A server that takes longer to accept a connection is not there.
  static let connectTimeout: TimeAmount = .seconds(5)
  /// One call that answers as a whole; the longest waits for a synced write on a busy disk.
  static let callTimeout: TimeAmount = .seconds(60)
  /// Bytes of one answer: ten thousand apps, or as many runners, fit.
  static let answerBytesMax = 64 * 1_048_576

  let http: HTTPClient
  let location: ServerLocation
  let key: ClientKey?
  let trust: ServerTrust

  /// Opens a client for `body` only.
  static func with<Value: Sendable>(
    _ location: ServerLocation, key: ClientKey?, trust: ServerTrust = ServerTrust(),
    _ body: (ControlClient) async throws -> Value
  ) async throws -> Value {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    // A stream of events may be quiet for long.
    configuration.timeout = .init(connect: connectTimeout, read: nil)
    configuration.httpVersion = .http1Only
    // Reading all roots takes its time.
    if location.isSecure { configuration.tlsConfiguration = try trust.configuration() }
    // Whether to try again is the command's decision: it may have to start the server first.
    configuration.connectionPool.retryConnectionEstablishment = false
    return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
      try await body(ControlClient(http: http, location: location, key: key, trust: trust))
    }
  }

  enum Body: Sendable {
    case none
    case json([UInt8])
    case file(FileChunks)
  }

  /// The body of a 2xx answer.
  @discardableResult
  func call(
    _ method: HTTPMethod, _ path: String, query: [ControlQuery: String] = [:], body: Body = .none
  ) async throws -> [UInt8] {
    let response = try await send(method, path, query: query, body: body, deadline: .now() + Self.callTimeout)
    return try await collected(response)
  }

  func call<Answer: Decodable>(
    _ method: HTTPMethod, _ path: String, query: [ControlQuery: String] = [:], body: Body = .none,
    as type: Answer.Type = Answer.self
  ) async throws -> Answer {
    let bytes = try await call(method, path, query: query, body: body)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw ClientFailure.notAnAnswer(location, "\(error)").error
    }
  }

  /// Gives each line of the answer to `take`, until it says that it has enough (false) or the answer ends.
  func lines<Line: Decodable>(
    _ method: HTTPMethod, _ path: String, query: [ControlQuery: String] = [:], body: Body = .none,
    of type: Line.Type = Line.self, _ take: (Line) async throws -> Bool
  ) async throws {
    let response = try await send(method, path, query: query, body: body, deadline: .distantFuture)
    var lines = JSONLines()
    var iterator = response.body.makeAsyncIterator()
    while let piece = try await next(&iterator) {
      for line in try cut(&lines, piece) where try await !take(try decode(line)) { return }
    }
    if let line = lines.finish() { _ = try await take(try decode(line)) }
  }

  private func next(_ iterator: inout HTTPClientResponse.Body.AsyncIterator) async throws -> ByteBuffer? {
    do { return try await iterator.next() } catch { throw failure(error, connected: true) }
  }

  private func cut(_ lines: inout JSONLines, _ piece: ByteBuffer) throws -> [[UInt8]] {
    do {
      return try lines.take(piece.readableBytesView)
    } catch {
      throw ClientFailure.notAnAnswer(location, "a line has more than \(JSONLines.lineBytesMax) bytes").error
    }
  }

  private func decode<Line: Decodable>(_ line: [UInt8]) throws -> Line {
    do {
      return try JSONDecoder().decode(Line.self, from: Data(line))
    } catch {
      throw ClientFailure.notAnAnswer(location, "\(error)").error
    }
  }

  private func send(
    _ method: HTTPMethod, _ path: String, query: [ControlQuery: String], body: Body, deadline: NIODeadline
  ) async throws -> HTTPClientResponse {
    var request = request(method, path + Self.text(query))
    switch body {
    case .none: break
    case .json(let bytes):
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: bytes))
    case .file(let chunks):
      request.headers.add(name: "content-type", value: "application/octet-stream")
      request.body = .stream(chunks, length: .known(Int64(chunks.size)))
    }
    let response: HTTPClientResponse
    do {
      response = try await http.execute(request, deadline: deadline)
    } catch {
      throw failure(error, connected: false)
    }
    guard !(200..<300).contains(response.status.code) else { return response }
    throw refusal(Int(response.status.code), try await collected(response, isRefusal: true))
  }

  /// A request of this program, with its key.
  func request(_ method: HTTPMethod, _ target: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: location.url + target)
    request.method = method
    request.headers.add(name: "user-agent", value: "apolune/\(Version.text)")
    if let key { request.headers.add(name: "authorization", value: "Key \(key.text)") }
    return request
  }

  func collected(_ response: HTTPClientResponse, isRefusal: Bool = false) async throws -> [UInt8] {
    do {
      return Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
    } catch {
      throw failure(error, connected: true)
    }
  }

  func failure(_ error: any Error, connected: Bool) -> any Error {
    if error is CancellationError || Task.isCancelled { return CancellationError() }
    if let error = error as? CommandError { return error }
    return connected
      ? ClientFailure.broken(location, error).error : ClientFailure.unreachable(location, error).error
  }

  private func refusal(_ status: Int, _ body: [UInt8]) -> CommandError {
    let problem = try? JSONDecoder().decode(APIProblem.self, from: Data(body))
    if status == 401 { return ClientFailure.unauthorized(location, key, problem).error }
    if let problem { return CommandError(problem) }
    return ClientFailure.notAnAnswer(location, "it answered \(status)").error
  }

  private static func text(_ query: [ControlQuery: String]) -> String {
    guard !query.isEmpty else { return "" }
    let parts = query.map { "\($0.key.rawValue)=\(ControlPath.encoded($0.value))" }.sorted()
    return "?" + parts.joined(separator: "&")
  }
}

extension ControlClient.Body {
  /// Throws only for numbers that JSON has no form for.
  static func value(_ value: some Encodable) throws -> ControlClient.Body { .json(Array(try JSONEncoder().encode(value))) }
}
