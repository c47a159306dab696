import Hummingbird

/// Sends what the gateway passed on to whom it is for, by the first part of the path.
struct DoorResponder: HTTPResponder {
  var control: ControlResponder
  var files: FileResponder
  var metrics: MetricsResponder
  /// By which receivers of webhooks check who sent them.
  var keySet: KeySetResponder
  var tokens: TokenResponder

  func respond(to request: Request, context: ControlResponder.Context) async -> Response {
    let path = request.head.path ?? "/"
    if path == "/metrics" { return await metrics.respond(to: request) }
    if TokenResponder.answers(path) { return await tokens.respond(to: request) }
    guard path.hasPrefix("/rest/") || path.hasPrefix("/cdn/") else {
      return await control.respond(to: request, context: context)
    }
    if path.prefix(while: { $0 != "?" }) == KeySetResponder.path { return keySet.respond(to: request) }
    return await files.respond(to: request)
  }
}
