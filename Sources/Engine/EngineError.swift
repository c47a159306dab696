public import EngineCore

/// Why the engine did not take a command. Nothing has changed then.
public enum EngineError: Error, Sendable {
  case rejected(EngineRejection)
  /// The facts could not be written down, now or a moment ago: until writing succeeds, commands are refused.
  case journal(any Error)
  /// More commands wait than the engine takes.
  case overloaded
  case stopping
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rejected(let rejection): "\(rejection)"
    case .journal(let error): "the journal cannot be written: \(error)"
    case .overloaded: "the engine has too many commands to work on; try again"
    case .stopping: "the engine is stopping"
    }
  }
}
