import ControlAPI

/// The route that a request means, with what its path and its query say.
struct RouteMatch: Sendable {
  var route: Route
  var parameters: [String: String]
  var query: [ControlQuery: String]

  /// Finds the route of a request's method and target, which is as the client wrote it: still percent-encoded.
  init(method: String, target: String) throws(APIFailure) {
    let (path, query) = Self.split(target)
    var parts: [String] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      parts.append(try Self.decoded(part, of: "the path"))
    }
    var allowed: [String] = []
    for route in RouteTable.routes {
      guard let parameters = Self.parameters(of: parts, in: route) else { continue }
      guard route.method.rawValue == method else {
        allowed.append(route.method.rawValue)
        continue
      }
      self.route = route
      self.parameters = parameters
      self.query = try Self.query(query, of: route)
      return
    }
    guard allowed.isEmpty else {
      let shown = allowed.joined(separator: ", ")
      var failure = APIFailure(405, "method-not-allowed", "\(method) \(path) is no operation", fix: "it takes \(shown)")
      failure.allowed = allowed
      throw failure
    }
    throw APIFailure(
      404, "unknown-path", "the control API has nothing at \(path)", fix: "GET /v1/openapi.json lists what there is")
  }

  private static func split(_ target: String) -> (path: Substring, query: Substring) {
    guard let mark = target.firstIndex(of: "?") else { return (target[...], "") }
    return (target[..<mark], target[target.index(after: mark)...])
  }

  private static func parameters(of parts: [String], in route: Route) -> [String: String]? {
    let segments = route.segments
    guard segments.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, part) in zip(segments, parts) {
      switch segment {
      case .fixed(let text): guard text == part else { return nil }
      case .parameter(let name): parameters[name] = part
      }
    }
    return parameters
  }

  private static func query(_ text: Substring, of route: Route) throws(APIFailure) -> [ControlQuery: String] {
    var query: [ControlQuery: String] = [:]
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decoded(sides[0], of: "the query")
      guard let key = ControlQuery(rawValue: name), route.query.contains(key) else {
        let known = route.query.map(\.rawValue).joined(separator: ", ")
        throw APIFailure(
          400, "unknown-query", "'\(name)' is nothing that \(route.path) can be asked with",
          fix: known.isEmpty ? "leave it out" : "it knows \(known)")
      }
      // A plus sign is a space in queries, by the oldest of conventions.
      let value = sides.count > 1 ? sides[1].split(separator: "+", omittingEmptySubsequences: false).joined(separator: " ") : ""
      query[key] = try decoded(value[...], of: "the query")
    }
    return query
  }

  private static func decoded(_ text: Substring, of place: String) throws(APIFailure) -> String {
    guard let decoded = PercentEncoding.decoded(text) else {
      throw APIFailure(
        400, "bad-encoding", "\(place) is not encoded rightly at '\(text.prefix(64))'",
        fix: "% is followed by two hex digits, and all bytes together are UTF-8")
    }
    return decoded
  }
}

/// Reads `%20` and the like.
enum PercentEncoding {
  /// nil for what is not encoded rightly, and for what is no text.
  static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
