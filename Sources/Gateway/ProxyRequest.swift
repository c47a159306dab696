import AppModel
import EngineCore
import NIOCore
import NIOHTTP1

/// A request as the program of a command app or the control API gets it.
struct ProxyRequest {
  let requestID: String
  var head: HTTPRequestHead
  var hasBody: Bool
  /// Whether the program is asked for a websocket.
  private(set) var isWebSocket = false

  /// - Parameter path: what follows the app's name in the URL, with the query.
  init(_ original: HTTPRequestHead, path: String, requestID: String, caller: Caller, passesAuthorization: Bool) {
    self.init(original, path: path, requestID: requestID, passesAuthorization: passesAuthorization)
    if !caller.id.isEmpty { head.headers.add(name: "x-fal-caller-user-id", value: caller.id) }
    head.headers.add(name: "x-fal-endpoint", value: String(path.prefix { $0 != "?" }))
  }

  /// Passes on that the client wants a websocket.
  mutating func askForWebSocket() {
    isWebSocket = true
    head.headers.add(name: "connection", value: "Upgrade")
    head.headers.add(name: "upgrade", value: "websocket")
  }

  /// One of the gateway's own: no client is behind it.
  init(_ original: HTTPRequestHead, path: String, requestID: String) {
    self.init(original, path: path, requestID: requestID, passesAuthorization: true)
  }

  /// For the control API, which checks keys itself, and is told how its client reached us. What a client says of that itself
  /// is no use: it may have anything in mind.
  init(_ original: HTTPRequestHead, path: String, requestID: String, scheme: String) {
    self.init(original, path: path, requestID: requestID, passesAuthorization: true)
    for (name, value) in original.headers where Self.aboutFiles.contains(name.lowercased()) {
      head.headers.add(name: name, value: value)
    }
    head.headers.replaceOrAdd(name: "x-forwarded-proto", value: scheme)
    head.headers.remove(name: "x-forwarded-host")
    if let host = head.headers.first(name: "host") { head.headers.add(name: "x-forwarded-host", value: host) }
  }

  /// What an upload says of itself; no app is told.
  private static let aboutFiles: Set = ["x-fal-file-name", "x-fal-object-lifecycle"]

  private init(_ original: HTTPRequestHead, path: String, requestID: String, passesAuthorization: Bool) {
    self.requestID = requestID
    var headers = HTTPHeaders()
    headers.reserveCapacity(original.headers.count + 3)
    let named = Self.namedByConnection(original.headers)
    var hasBody = false
    var isChunked = false
    for (name, value) in original.headers {
      switch HeaderKind(name) {
      case .passed where !named.isEmpty && named.contains(name.lowercased()): break
      case .passed, .host: headers.add(name: name, value: value)
      case .contentLength:
        headers.add(name: name, value: value)
        hasBody = hasBody || value != "0"
      case .transferEncoding: isChunked = true
      case .authorization: if passesAuthorization { headers.add(name: name, value: value) }
      case .hop, .platform, .connection, .upgrade, .expect, .requestTimeout, .runnerHint: break
      }
    }
    if isChunked {
      headers.remove(name: "content-length")
      headers.add(name: "transfer-encoding", value: "chunked")
    }
    headers.add(name: "x-fal-request-id", value: requestID)
    head = HTTPRequestHead(version: .http1_1, method: original.method, uri: path, headers: headers)
    self.hasBody = hasBody || isChunked
  }

  /// Headers that are about the connection because `Connection` says so.
  private static func namedByConnection(_ headers: HTTPHeaders) -> Set<String> {
    var names: Set<String> = []
    for (name, value) in headers where HeaderKind(name) == .connection {
      for token in value.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }) { names.insert(token.lowercased()) }
    }
    return names
  }
}
