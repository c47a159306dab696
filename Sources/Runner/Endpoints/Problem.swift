import RunnerProtocol

/// The answer to a request that failed, in fal's shape.
struct Problem {
  var status: UInt16
  var type = ""
  /// JSON.
  var detail: [UInt8]
  var headers: [RequestHead.Header] = []

  init(_ status: UInt16, type: String = "", _ detail: String) {
    self.init(status, type: type, json: JSONText.string(detail))
  }

  init(_ status: UInt16, type: String = "", json detail: [UInt8]) {
    self.status = status
    self.type = type
    self.detail = detail
  }

  static let internalError = Problem(500, "Internal Server Error")
  static let cancelled = Problem(499, type: "client_cancelled", "The request was cancelled")
  static let outOfMemory = Problem(503, type: "out_of_memory", "The app ran out of memory")
  static let draining = Problem(503, type: "runner_draining", "The runner takes no new requests")
  static let busy = Problem(503, type: "runner_busy", "The runner has no free slot")

  static func timedOut(seconds: Double) -> Problem {
    Problem(504, type: "request_timeout", "The request took longer than \(seconds.withoutZeroFraction) s")
  }

  static func notFound(_ path: String) -> Problem { Problem(404, "Path \(path) not found") }

  static func realtimeOnly(_ path: String) -> Problem {
    Problem(426, "\(path) is a realtime endpoint: connect to it with a websocket")
  }

  static func tooLarge(limit: Int) -> Problem {
    Problem(500, type: "response_too_large", "The answer is larger than \(limit) bytes")
  }

  /// A body that is no JSON: what a validating client of fal expects, and free of charge.
  static func invalidJSON(_ reason: String) -> Problem {
    var detail = Array(#"[{"type":"json_invalid","loc":["body"],"msg":"JSON decode error","input":{},"ctx":{"error":"#.utf8)
    JSONText.append(reason, to: &detail)
    detail += "}}]".utf8
    var problem = Problem(422, json: detail)
    problem.headers = [.init("x-fal-billable-units", "0")]
    return problem
  }

  func write(to output: inout [UInt8]) {
    AnswerHead(status: status, errorType: type, headers: headers).write(to: &output)
    output += #"{"detail":"#.utf8
    output += detail
    if !type.isEmpty {
      output.append(UInt8(ascii: ","))
      JSONText.append(key: "error_type", type, to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }
}

extension Double {
  /// `2` for 2.0, `0.5` for 0.5.
  var withoutZeroFraction: String { Int(exactly: self).map(String.init) ?? String(self) }
}
