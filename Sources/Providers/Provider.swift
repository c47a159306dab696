public import AppModel

/// Where runners live.
///
/// Commands only hand over and return at once; they are taken in order, and are idempotent by instance. Whatever comes of
/// them is reported as events:
/// - `start` gives `started` or `notStarted`. Told again, it gives the same answer again, and starts nothing; for an
///   instance that has ended it gives `exited`.
/// - An instance that was started gives `exited` once when it ends.
/// - `stop` and `kill` for an instance that is unknown or has ended give `exited`. An instance that was stopped before it
///   was started is not started any more.
public protocol Provider: Sendable {
  /// Sets where events go; to be called once, before any command. `events` is called in order, from any thread, and must
  /// hand over and return. First come `nodes` and then `inventory`.
  func begin(events: @escaping @Sendable (ProviderEvent) -> Void)

  func start(_ start: RunnerStart)

  /// Asks the instance to finish and end: SIGTERM.
  func stop(_ instance: RunnerInstance)

  /// Ends the instance, with everything that it started.
  func kill(_ instance: RunnerInstance)

  /// What is enforced here for a runner with that machine, and what cannot be.
  func enforcement(for machine: Machine) -> Enforcement

  /// Lets go of the runners and reports nothing more. One that keeps its runners leaves them to its successor; another one
  /// does what `close` does.
  func leave() async

  /// Kills what still runs and removes everything that the provider made. Afterwards commands do nothing.
  func close() async
}
