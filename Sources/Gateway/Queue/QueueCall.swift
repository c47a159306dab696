import NIOHTTP1

/// What a call of an app's queue is about. Pure: method and path decide.
enum QueueCall: Hashable {
  /// `POST [/path]`: a request for that endpoint. `path` is as the client wrote it.
  case submit(path: String)
  case status(id: String)
  case statusStream(id: String)
  case result(id: String)
  case cancel(id: String)
  case methodNotAllowed(allowed: String)
  /// Looks like a request of the queue, and can be none.
  case unknownRequest

  /// - Parameter path: what follows the app's name.
  init(_ method: HTTPMethod, path: String) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).map { Substring($0) }
    guard parts.count >= 2, parts[0] == "requests", method != .POST || Self.isRequestID(parts[1]) else {
      self = method == .POST ? .submit(path: path) : .methodNotAllowed(allowed: "POST")
      return
    }
    let id = String(parts[1])
    guard Self.isRequestID(parts[1]) else {
      self = .unknownRequest
      return
    }
    switch parts[2...].joined(separator: "/") {
    case "", "response": self = Self.reading(method, .result(id: id))
    case "status": self = Self.reading(method, .status(id: id))
    case "status/stream": self = Self.reading(method, .statusStream(id: id))
    case "cancel": self = method == .PUT ? .cancel(id: id) : .methodNotAllowed(allowed: "PUT")
    default: self = .unknownRequest
    }
  }

  private static func reading(_ method: HTTPMethod, _ call: QueueCall) -> QueueCall {
    method == .GET ? call : .methodNotAllowed(allowed: "GET")
  }

  /// As the gateway makes them: 36 characters, hexadecimal in lower case and hyphens.
  static func isRequestID(_ text: Substring) -> Bool {
    guard text.utf8.count == 36 else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "-"): true
      default: false
      }
    }
  }
}
