import NIOHTTP1
import RunnerProtocol

/// What an app's answer says to the platform besides answering the caller.
struct AnswerNotes: Hashable {
  /// Bytes of one hint, and hints of one runner, that the gateway remembers: names of models, mostly.
  static let hintMax = 256
  static let hintsMax = 64

  /// 0: no answer has begun.
  var status = 0
  /// Of an answer that the runner gave in place of the app; empty for the app's own.
  var errorType = ""
  /// `x-fal-stop-runner`: the runner wants to be replaced.
  var stopsRunner = false
  /// `x-fal-runner-health-check`: the runner wants to be looked at, now.
  var wantsHealthCheck = false
  /// `X-Fal-Needs-Retry`: what the queue is to do with it, whatever the rules say.
  var needsRetry: Bool?
  /// `x-fal-billable-units`.
  var billableUnits: Double?
  /// `X-Fal-Runner-Hints`: what the runner is good for from now on; nil: as before.
  var hints: [String]?

  init() {}

  init(_ head: AnswerHead) {
    status = Int(head.status)
    errorType = head.errorType
    for header in head.headers { take(header.name, header.value) }
  }

  init(_ head: HTTPResponseHead) {
    status = Int(head.status.code)
    for (name, value) in head.headers { take(name, value) }
  }

  private mutating func take(_ name: String, _ value: String) {
    guard name.begins("x-fal-") else { return }
    if name.is("x-fal-stop-runner") {
      stopsRunner = value.saysYes ?? false
    } else if name.is("x-fal-runner-health-check") {
      wantsHealthCheck = value.saysYes ?? false
    } else if name.is("x-fal-needs-retry") {
      // fal heeds it on these only.
      if status >= 500 || status == 429 { needsRetry = value.saysYes }
    } else if name.is("x-fal-billable-units") {
      billableUnits = Double(value).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    } else if name.is("x-fal-runner-hints") {
      hints = Self.hints(value)
    }
  }

  private static func hints(_ value: String) -> [String] {
    value.split(separator: ",").lazy.map { String($0.trimmed) }.filter { !$0.isEmpty && $0.utf8.count <= hintMax }
      .prefix(hintsMax).map(\.self)
  }
}

extension String {
  /// nil: neither.
  var saysYes: Bool? {
    switch lowercased() {
    case "true", "1", "yes": true
    case "false", "0", "no": false
    default: nil
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = drop { $0 == " " || $0 == "\t" }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
