import RunnerProtocol

/// What a runner does once it is launched: serve endpoints, supervise a program, or evaluate what a person types.
///
/// A role tells its `Runner` with `becameReady`, `failed` and `drained` how far it is.
protocol Role: AnyObject {
  /// Starts; ends in `becameReady` or `failed`.
  func start()

  /// A frame that only this role understands. Throws `FrameError` for one that it does not.
  func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws

  /// A host that came back may count otherwise than the one before.
  func limitsChanged(_ spec: LaunchSpec)

  /// What keeps it from being ready, for the report when its time is over; nil when nothing is known.
  var startupProblem: String? { get }

  /// Takes no new work, finishes what it has, cleans up, and calls `drained`.
  func drain()

  /// SIGTERM came; `drain` follows.
  func terminationRequested()

  /// The host is gone: nobody waits for answers any more.
  func hostLost()

  /// The runner is about to exit: ends what would outlive it.
  func stopNow()

  /// A program's or descendant's end is to be collected (SIGCHLD came).
  func collectChildren()

  /// Whether a script waits for a turn.
  var hasWork: Bool { get }

  /// Gives the script that is longest in line its turn.
  func work()
}
