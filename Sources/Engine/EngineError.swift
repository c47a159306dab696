public import EngineCore

/// Why the engine did not take a command.
public enum EngineError: Error, Sendable {
  case rejected(EngineRejection)
  /// The facts could not be written down; nothing has changed.
  case journal(any Error)
  case stopping
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rejected(let rejection): "\(rejection)"
    case .journal(let error): "the journal cannot be written: \(error)"
    case .stopping: "the engine is stopping"
    }
  }
}
