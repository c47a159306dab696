import ControlAPI
import HTTPTypes
import Hummingbird
import Logging

/// Takes requests off Hummingbird: finds the route, asks for the key, and writes the answer, which is always JSON.
struct ControlResponder: HTTPResponder {
  /// Hummingbird's context; the routes need nothing of it.
  struct Context: InitializableFromSource {
    init(source: ApplicationRequestContextSource) {}
  }

  var keyring: LiveKeyring
  /// Name of the server's owner.
  var owner: String
  var logger: Logger
  /// Does what a route means.
  var perform: @Sendable (Operation, APIRequest) async throws -> APIAnswer

  func respond(to request: Request, context: Context) async -> Response {
    do {
      let match = try RouteMatch(method: request.method.rawValue, target: request.head.path ?? "/")
      let operation = match.route.operation
      let key = try operation.need.check(keyring.verify(authorization: request.headers[.authorization]), owner: owner)
      return response(
        try await perform(operation, APIRequest(match: match, body: request.body, key: key, base: Self.base(request))))
    } catch let failure as APIFailure {
      var response = response(.failure(failure))
      if !failure.allowed.isEmpty { response.headers[.allow] = failure.allowed.joined(separator: ", ") }
      return response
    } catch is CancellationError {
      return response(.failure(APIFailure(503, "stopping", "the server is stopping")))
    } catch {
      logger.error("the control API failed", metadata: ["error": "\(error)"])
      return response(.failure(APIFailure(500, "internal-error", "the server failed: \(error)")))
    }
  }

  private static func base(_ request: Request) -> String? {
    FileAddress.named(host: request.head.authority, scheme: HTTPField.Name("x-forwarded-proto").flatMap { request.headers[$0] })
  }

  private func response(_ answer: APIAnswer) -> Response {
    switch answer {
    case .empty(let status): return Response(status: .init(code: status))
    case .json(let status, let data):
      var headers: HTTPFields = [.contentType: "application/json"]
      if status == 401 { headers[.wwwAuthenticate] = "Key" }
      return Response(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
    case .lines(let write):
      return Response(
        status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-cache"],
        body: ResponseBody { writer in
          var lines = LineWriter(writer)
          try await write(&lines)
          try await lines.finish()
        })
    }
  }
}
