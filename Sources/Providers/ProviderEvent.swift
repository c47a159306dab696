public import Planning

/// What a provider reports about its machines and the instances that it was told of.
public enum ProviderEvent: Sendable, Hashable {
  /// All machines that it has now: the first event after `begin`, and again whenever that changes. A node that is not listed
  /// has vanished, and its runners with it.
  case nodes([Node])
  /// All instances that were left running and are taken over: once, right after the first `nodes`. What is not listed has
  /// ended, whatever an earlier server knew of it.
  case inventory([FoundRunner])
  /// It runs, and listens on the Unix socket at that path.
  case started(RunnerInstance, socket: String, pid: Int32)
  /// It could not be started; it may be tried again as a later generation.
  case notStarted(RunnerInstance, ProviderFailure)
  /// It is over, and nothing of it is left.
  case exited(RunnerInstance, RunnerEnd)
  /// A line that its process wrote to standard output or error.
  case output(RunnerInstance, String)
}
