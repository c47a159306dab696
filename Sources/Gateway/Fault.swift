/// An answer that the platform gives in place of the app.
public struct Fault: Error, Sendable, Hashable {
  public var status: Int
  /// fal's error type, sent as `error_type` and `X-Fal-Error-Type`; nil where fal sends none (404, 401, 405).
  public var errorType: String?
  public var detail: String
  /// The caller's own deadline was the cause: `X-Fal-Request-Timeout-Type: user`, which keeps clients from trying again.
  public var deadlineIsCallers = false
  /// What clients of the control API tell it by, in kebab-case; its body then has the shape of that API's problems.
  var problemCode: String?
  /// Of the path that was asked for: `Allow`.
  var allowedMethods: String?
  /// The same request may succeed in a moment: `Retry-After`.
  var isTransient: Bool

  public init(_ status: Int, _ errorType: String? = nil, _ detail: String) {
    self.status = status
    self.errorType = errorType
    self.detail = detail
    isTransient = status == 429 || status == 503
  }

  /// `{"detail": …, "error_type": …}`, or `{"code": …, "message": …, "diagnostics": []}` for the control API.
  var json: [UInt8] {
    if let problemCode { return Self.problem(problemCode, detail) }
    var output: [UInt8] = Array(#"{"detail":"#.utf8)
    output.append(jsonText: detail)
    if let errorType {
      output.append(contentsOf: #","error_type":"#.utf8)
      output.append(jsonText: errorType)
    }
    output.append(UInt8(ascii: "}"))
    return output
  }

  private static func problem(_ code: String, _ message: String) -> [UInt8] {
    var output: [UInt8] = Array(#"{"code":"#.utf8)
    output.append(jsonText: code)
    output.append(contentsOf: #","message":"#.utf8)
    output.append(jsonText: message)
    output.append(contentsOf: #","diagnostics":[]}"#.utf8)
    return output
  }
}

extension Fault {
  static func unknownApp(_ name: String) -> Fault { Fault(404, nil, "Application \"\(name)\" not found") }
  static func unknownPath(_ path: String) -> Fault { Fault(404, nil, "Path \(path) not found") }
  static func noAccess(_ name: String) -> Fault { Fault(401, nil, "Cannot access application \"\(name)\"") }
  static func methodNotAllowed(_ allowed: String) -> Fault {
    var fault = Fault(405, nil, "Method Not Allowed")
    fault.allowedMethods = allowed
    return fault
  }
  static func bodyTooLarge(_ limit: Int) -> Fault {
    Fault(413, "bad_request", "The request body is larger than \(limit) bytes")
  }
  static let headersTooLarge = Fault(431, "bad_request", "The request headers are too large")
  static func malformed(_ detail: String) -> Fault { Fault(400, "bad_request", detail) }
  static let bodyTooSlow = Fault(408, "bad_request", "The request did not arrive in time")
  static let runnerDisconnected = Fault(503, "runner_disconnected", "The runner went away while it served the request")
  static let queueFull = Fault(503, "runner_scheduling_failure", "Too many requests wait for a runner")
  static let bodiesFull = Fault(503, "runner_scheduling_failure", "Too many large requests wait for a runner")
  static let concurrencyReached = Fault(
    429, "concurrent_requests_limit", "The key has as many requests under way as it may have at once")
  static let stopping = Fault(503, "runner_scheduling_failure", "The gateway is stopping")
  static let requestTimeout = Fault(504, "request_timeout", "The request took longer than the app allows")
  static let startTimeout = Fault(504, "request_timeout", "No runner was free in time")
  static let startTimeoutOfCaller: Fault = {
    var fault = Fault(504, "request_timeout", "No runner was free within X-Fal-Request-Timeout")
    fault.deadlineIsCallers = true
    return fault
  }()
  static let startupTimeout = Fault(504, "startup_timeout", "No runner became ready within the app's startup_timeout")
  static let neverPlaced = Fault(503, "runner_scheduling_failure", "No machine had room for a runner of the app")
  static let upstreamTimeout = Fault(503, "runner_connection_timeout", "The app's program did not take a connection in time")
  static let upstreamRefused = Fault(503, "runner_connection_refused", "The app's program does not accept connections")
  static let upstreamUnreached = Fault(503, "runner_connection_error", "The app's program could not be connected to")
  static let upstreamIncomplete = Fault(502, "runner_incomplete_response", "The app's program ended its answer too early")
  static let upstreamMalformed = Fault(502, "runner_incomplete_response", "The app's program answered something that is not HTTP")
  static let answerTooLarge = Fault(500, "internal_error", "The answer is larger than the caller collects")
}

extension [UInt8] {
  /// Appends `text` as a JSON string.
  public mutating func append(jsonText text: String) {
    append(UInt8(ascii: "\""))
    // Nearly every text goes as it is.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      append(contentsOf: text.utf8)
    } else {
      for byte in text.utf8 { append(escaping: byte) }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      append(UInt8(ascii: "\\"))
      append(byte)
    case 0..<0x20:
      let digits = [UInt8]("0123456789abcdef".utf8)
      append(contentsOf: "\\u00".utf8)
      append(digits[Int(byte >> 4)])
      append(digits[Int(byte & 15)])
    default: append(byte)
    }
  }
}
