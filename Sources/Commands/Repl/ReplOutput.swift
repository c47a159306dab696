/// Where a REPL's results go.
public protocol ReplOutput: Sendable {
  /// Prints complete lines; a missing line break at the end is added.
  func print(_ text: String)
  /// Prints an error; a terminal shows both in order, a pipe keeps them apart.
  func printError(_ text: String)
}
