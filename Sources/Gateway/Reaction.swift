import RunnerProtocol

/// What becomes of a runner after one of its requests. Pure: the rules of fal.
enum Reaction: Hashable {
  case none
  /// Whether it is well is to be found out at once: one failure counts.
  case check
  /// Whether its program takes connections is to be found out.
  case probe
  /// It finishes what it has and makes room for another.
  case retire
  /// It is broken.
  case replace(FailureReport)

  /// - Parameters:
  ///   - notes: of the answer that came, if one came.
  ///   - fault: what the platform answered in its place.
  init(_ notes: AnswerNotes, fault: Fault?) {
    switch fault {
    case .requestTimeout?: self = .retire
    case .upstreamRefused?, .upstreamTimeout?: self = .replace(.connectionRefused)
    case .upstreamIncomplete?, .upstreamMalformed?: self = .probe
    case .some: self = .none
    case nil: self.init(notes)
    }
  }

  private init(_ notes: AnswerNotes) {
    // Said by the runner: it found out for itself what is wrong.
    switch notes.errorType {
    case "request_timeout": self = .retire
    case "out_of_memory":
      self = .replace(FailureReport(code: "out-of-memory", message: "the app ran out of memory"))
    case "": self.init(own: notes)
    default: self = .none
    }
  }

  private init(own notes: AnswerNotes) {
    switch notes.status {
    case 503: self = .replace(FailureReport(code: "answered-503", message: "the app answered 503"))
    case _ where notes.stopsRunner: self = .retire
    case _ where notes.wantsHealthCheck: self = .check
    case 500, 502, 504: self = .probe
    default: self = .none
    }
  }
}
