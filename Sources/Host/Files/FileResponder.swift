import AppModel
import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import Platform
import Store

/// Answers fal's storage calls: tokens and begun uploads on its REST host, contents on its file hosts.
struct FileResponder: Sendable {
  var storage: FileStorage
  var address: BoundAddress
  var logger: Logger
  /// Whose key an `Authorization` header carries.
  var caller: @Sendable (String?) -> Caller?
  /// Whose the key of this id is; nil: it is not valid any more.
  var holder: @Sendable (String) -> Caller?

  func respond(to request: Request) async -> Response {
    do {
      return opened(try await answer(FileRequest(request)))
    } catch let failure as FileFailure {
      return opened(Self.refusal(failure))
    } catch is CancellationError {
      return opened(Self.refusal(FileFailure(503, "The server is stopping")))
    } catch let error as SystemError where error.number == ENOSPC || error.number == EDQUOT {
      return opened(Self.refusal(.diskFull))
    } catch {
      logger.error("a call about files failed", metadata: ["error": "\(error)"])
      return opened(Self.refusal(FileFailure(500, "Internal Server Error")))
    }
  }

  private func answer(_ request: FileRequest) async throws -> Response {
    let method = request.request.method
    if method == .options { return preflight() }
    let parts = request.parts
    if request.isREST {
      guard parts.count == 3, parts[0] == "storage" else { throw FileFailure(404, "Not Found") }
      guard method == .post else { throw FileFailure.method(allowed: "POST, OPTIONS") }
      switch (parts[1], parts[2]) {
      case ("auth", "token"): return try token(request)
      case ("upload", "initiate"): return try await initiate(request)
      default: throw FileFailure(404, "Not Found")
      }
    }
    guard parts.first == "files" else { throw FileFailure.notFound }
    switch (method, parts.count) {
    case (.post, 2) where parts[1] == "upload": return try await upload(request)
    case (.post, 3) where parts[1] == "upload" && parts[2] == "multipart": return try await beginParts(request)
    case (.put, 3): return try await put(request)
    case (.put, 6) where parts[3] == "multipart": return try await putPart(request)
    case (.post, 6) where parts[3] == "multipart" && parts[5] == "complete": return try await completeParts(request)
    case (.get, 3), (.head, 3): return try await get(request)
    default: throw parts.count == 3 ? FileFailure.method(allowed: "GET, HEAD, PUT, OPTIONS") : FileFailure.notFound
    }
  }

  /// The user whose key or upload token the request carries.
  func user(_ request: FileRequest) throws(FileFailure) -> String {
    guard let header = request.header("authorization") else { throw .notAuthorized }
    if let caller = caller(header), !caller.id.isEmpty { return caller.id }
    let sides = header.split(separator: " ")
    // A token is worth what its key is by now.
    guard sides.count == 2, let key = storage.signature.subject(.token, of: sides[1], now: storage.seconds),
      let holder = holder(key)
    else { throw .notAuthorized }
    return holder.id
  }

  /// Scheme and host by which this client, and whom it tells, come here.
  func base(_ request: FileRequest) -> String {
    FileAddress.base(
      host: request.request.head.authority ?? request.header("host"), scheme: request.header("x-forwarded-proto"),
      server: address.url)
  }

  func url(_ file: StoredFile, _ request: FileRequest) -> String { "\(base(request))/files/\(file.id)/\(file.name)" }

  /// Pages of any origin may upload and fetch: keys are not cookies.
  private func opened(_ response: Response) -> Response {
    var response = response
    response.headers[.accessControlAllowOrigin] = "*"
    response.headers[.accessControlExposeHeaders] = "ETag, Content-Length, Content-Range, Accept-Ranges"
    return response
  }

  private func preflight() -> Response {
    Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: "GET, HEAD, PUT, POST, OPTIONS", .accessControlAllowHeaders: "*, Authorization",
        .accessControlMaxAge: "86400",
      ])
  }

  static func json(_ values: [String: String], headers: HTTPFields = [:]) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var headers = headers
    headers[.contentType] = "application/json"
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(values))))
  }

  private static func refusal(_ failure: FileFailure) -> Response {
    var headers: HTTPFields = [.contentType: "application/json"]
    if failure.status == 429 { headers[.retryAfter] = "1" }
    if let allowed = failure.allowed { headers[.allow] = allowed }
    // No sentence of ours needs an escape.
    let body = ByteBuffer(string: "{\"detail\":\"\(failure.detail)\"}")
    return Response(status: .init(code: failure.status), headers: headers, body: ResponseBody(byteBuffer: body))
  }
}
