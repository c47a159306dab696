import Hummingbird

/// Tells everybody the public half of the key with which webhooks are signed.
struct KeySetResponder: Sendable {
  /// As the gateway passes `/.well-known/jwks.json` of any host.
  static let path = "/rest/.well-known/jwks.json"
  /// Receivers keep it for so long, in seconds; fal says a day at most.
  private static let ageMax = 3600

  var key: WebhookKey

  func respond(to request: Request) -> Response {
    guard request.method == .get || request.method == .head else {
      return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/json", .cacheControl: "public, max-age=\(Self.ageMax)", .accessControlAllowOrigin: "*",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: key.keySet)))
  }
}
