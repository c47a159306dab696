public import AppModel

/// How a runner's life ended.
public enum RunnerExit: Sendable, Hashable, Codable {
  /// Its process returned this status; 0 after an orderly end.
  case exited(status: Int32)
  case signalled(Int32)
  /// The system ended it since its memory was used up.
  case outOfMemory(machine: String, limit: ByteCount)
  /// The provider knows nothing of it: it was never started, or ended unobserved.
  case unknown
  /// It was between two starts, and no longer needed.
  case givenUp
}

extension RunnerExit: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .signalled(let signal): "killed by signal \(signal)"
    case .outOfMemory(let machine, let limit): "out of memory: \(machine) allows \(limit)"
    case .unknown: "ended unobserved"
    case .givenUp: "not started again: no longer needed"
    }
  }
}
