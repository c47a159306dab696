import Access
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Makes tokens for websockets, on fal's REST host: `POST /tokens/` and `POST /tokens/realtime`.
///
/// Nothing is kept of a token. It opens a socket as often as its client likes until it ends, as fal's does, and no longer than
/// the key that it was made with.
struct TokenResponder: Sendable {
  /// Seconds that one lasts where the client does not say: as long as fal's clients ask for.
  private static let lifeStandard = 120.0
  /// Bytes of a request: many more than the names of `RealtimeToken.appsMax` apps take.
  private static let bodyMax = 16_384

  var keyring: LiveKeyring
  var logger: Logger

  /// What clients send: `token_expiration` those of today, `duration` the newer documentation.
  private struct Wish: Decodable {
    var apps: [String]
    var expiration: Double?
    var duration: Double?

    enum CodingKeys: String, CodingKey {
      case apps = "allowed_apps"
      case expiration = "token_expiration"
      case duration
    }
  }

  private struct Made: Encodable { var token: String }

  static func answers(_ path: String) -> Bool { path.hasPrefix("/rest/tokens") }

  func respond(to request: Request) async -> Response {
    do {
      return opened(try await answer(FileRequest(request)))
    } catch let failure as FileFailure {
      return opened(refusal(failure))
    } catch {
      logger.error("a token could not be made", metadata: ["error": "\(error)"])
      return opened(refusal(FileFailure(500, "Internal Server Error")))
    }
  }

  private func answer(_ request: FileRequest) async throws -> Response {
    let path = request.parts.filter { !$0.isEmpty }
    guard path == ["tokens"] || path == ["tokens", "realtime"] else { throw FileFailure(404, "Not Found") }
    if request.request.method == .options { return Response(status: .noContent) }
    guard request.request.method == .post else { throw FileFailure(405, "Method Not Allowed") }
    guard let key = keyring.verify(authorization: request.header("authorization")) else {
      throw FileFailure(401, "A valid key is required")
    }
    guard key.may(.call) else { throw FileFailure(403, "This key may not call apps") }
    let wish = try await request.json(Wish.self, max: Self.bodyMax)
    let life = wish.expiration ?? wish.duration ?? Self.lifeStandard
    guard let token = RealtimeToken(key: key.id, apps: wish.apps, lasting: life, at: keyring.now) else {
      let life = Int(RealtimeToken.lifeMax)
      throw FileFailure(422, "A token is for 1 to \(RealtimeToken.appsMax) apps and lasts \(life) seconds at most")
    }
    let text = try token.text(signedWith: keyring.pepper)
    let encoder = JSONEncoder()
    return json(path.count == 1 ? try encoder.encode(text) : try encoder.encode(Made(token: text)), .ok)
  }

  private func json(_ body: Data, _ status: HTTPResponse.Status) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func refusal(_ failure: FileFailure) -> Response {
    // No sentence of ours needs an escape.
    json(Data("{\"detail\":\"\(failure.detail)\"}".utf8), .init(code: failure.status))
  }

  /// Pages of any origin may ask: a key is no cookie.
  private func opened(_ response: Response) -> Response {
    var response = response
    response.headers[.accessControlAllowOrigin] = "*"
    response.headers[.accessControlAllowHeaders] = "*, Authorization"
    return response
  }
}
