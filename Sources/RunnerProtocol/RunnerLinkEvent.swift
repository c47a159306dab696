/// What the host's end of a runner's connection reports about the runner as a whole.
public enum RunnerLinkEvent: Sendable, Hashable {
  /// The runner can take requests.
  case ready(ReadyReport)
  /// The runner will never be ready, and exits.
  case failed(FailureReport)
  case log(LogRecord)
  /// The runner starts no request any more.
  case draining
  /// A runner that was ready failed too many health checks in a row; told once.
  case unhealthy(FailureReport)
  /// The app asked that its runner be replaced once it has finished what it has, or a request took too long there; told once.
  case stopWanted
  /// The connection is gone, or never came to be; always the last event.
  case closed
}
