/// Where a REPL's input comes from.
public protocol LineSource: Sendable {
  /// The next piece of source; `unfinished` is what was read so far of a statement that needs more lines, and the
  /// answer starts with it. Returns `.end` when the task is cancelled.
  func next(after unfinished: String) async -> LineInput

  /// What Ctrl-C does while no line is read; nil: nothing.
  func onInterrupt(_ action: (@Sendable () -> Void)?)

  /// Whether a person types: only then may a REPL explain itself.
  var isInteractive: Bool { get }
}

/// What came of asking for input.
public enum LineInput: Sendable, Hashable {
  case source(String)
  /// The line was given up: forget what was unfinished.
  case cancelled
  case end
}
