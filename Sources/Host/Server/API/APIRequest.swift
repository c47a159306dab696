import Access
import AppModel
import ControlAPI
import EngineCore
import FoundationEssentials
import Hummingbird
import NIOCore

/// A request to the control API, matched to its route.
struct APIRequest: Sendable {
  /// Bytes of a JSON body: a deploy names up to 10,000 files, each with a path of up to 1 KB.
  static let jsonMax = 16 * 1_048_576

  var match: RouteMatch
  var body: RequestBody
  /// That it was made with.
  var key: AccessKey?
  /// Address under which the client reached this server, without a slash at the end; nil: it did not say.
  var base: String?

  /// A part of the path.
  func parameter(_ name: String) -> String { match.parameters[name] ?? "" }

  func text(_ name: ControlQuery) -> String? { match.query[name].flatMap { $0.isEmpty ? nil : $0 } }

  func seconds(_ name: ControlQuery) throws(APIFailure) -> Double? {
    guard let text = text(name) else { return nil }
    guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 else {
      throw Self.bad(name, text, "a number of seconds")
    }
    return seconds
  }

  func count(_ name: ControlQuery, max: Int) throws(APIFailure) -> Int? {
    guard let text = text(name) else { return nil }
    guard let count = Int(text), (0...max).contains(count) else { throw Self.bad(name, text, "a whole number from 0 to \(max)") }
    return count
  }

  func number(_ name: ControlQuery) throws(APIFailure) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = Int64(text) else { throw Self.bad(name, text, "a whole number") }
    return number
  }

  func flag(_ name: ControlQuery) throws(APIFailure) -> Bool {
    switch match.query[name] {
    case nil, "false", "0": false
    case "", "true", "1": true
    case let text?: throw Self.bad(name, text, "true or false")
    }
  }

  /// The app that path and query name.
  var appID: AppID {
    AppID(
      owner: parameter("owner"), name: parameter("app"), environment: text(.environment) ?? ControlQuery.environmentMain)
  }

  /// The JSON of the body; `standard` stands for a body that is empty.
  func json<Value: Decodable>(_ type: Value.Type, standard: Value? = nil) async throws -> Value {
    let bytes: ByteBuffer
    do {
      bytes = try await body.collect(upTo: Self.jsonMax)
    } catch is NIOTooManyBytesError {
      throw APIFailure(413, "body-too-large", "the body is larger than \(ByteCount(Int64(Self.jsonMax)))")
    } catch {
      throw Self.incomplete
    }
    if bytes.readableBytes == 0, let standard { return standard }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
    } catch let error as DecodingError {
      throw APIFailure(400, JSONFault.problem(error, in: bytes.readableBytesView))
    }
  }

  /// The client went away, or sent something that is no body.
  private static let incomplete = APIFailure(400, "body-incomplete", "the body ended before it was whole", fix: "send it again")

  /// The raw body, piece by piece; 413 as soon as there is more than `max`.
  func content(max: Int, _ tooLarge: APIFailure, take: (ByteBuffer) async throws -> Void) async throws {
    var size = 0
    var parts = body.makeAsyncIterator()
    while true {
      let part: ByteBuffer?
      do {
        part = try await parts.next()
      } catch {
        throw Self.incomplete
      }
      guard let part else { return }
      size += part.readableBytes
      guard size <= max else { throw tooLarge }
      try await take(part)
    }
  }

  private static func bad(_ name: ControlQuery, _ text: String, _ expected: String) -> APIFailure {
    APIFailure(400, "bad-query", "\(name.rawValue) cannot be '\(text.prefix(64))'", fix: "it is \(expected)")
  }
}
