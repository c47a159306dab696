import EngineCore

/// What a person asked for, with the caller who waits for the answer.
struct Command: Sendable {
  /// The facts that came of it.
  typealias Answer = Result<[Fact], EngineError>

  var event: Input.Event
  var reply: CheckedContinuation<Answer, Never>
}
