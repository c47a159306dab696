/// Why a script's request to another server came to nothing.
enum HTTPError: Error, CustomStringConvertible {
  /// The request itself is wrong.
  case invalid(String)
  case timedOut(seconds: Double)
  /// The answer's body is larger than `max_bytes`.
  case tooLarge(limit: Int)
  /// No answer; libcurl's own words.
  case failed(String)
  /// libcurl cannot be used on this machine.
  case unavailable(String)

  var description: String {
    switch self {
    case .invalid(let problem): problem
    case .timedOut(let seconds): "no answer within \(seconds) s (timeout)"
    case .tooLarge(let limit): "the answer is larger than \(limit) bytes (max_bytes)"
    case .failed(let problem): problem
    case .unavailable(let problem): "HTTP is not available: \(problem)"
    }
  }
}
