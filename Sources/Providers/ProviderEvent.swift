/// What a provider reports about the instances that it was told of.
public enum ProviderEvent: Sendable, Hashable {
  /// It runs, and listens on the Unix socket at that path.
  case started(RunnerInstance, socket: String, pid: Int32)
  /// It could not be started; it may be tried again as a later generation.
  case notStarted(RunnerInstance, ProviderFailure)
  /// It is over, and nothing of it is left.
  case exited(RunnerInstance, RunnerEnd)
  /// A line that its process wrote to standard output or error.
  case output(RunnerInstance, String)
}
