/// Where a runner is in its life. Each state says what it can become, and when.
public enum RunnerState: Sendable, Hashable, Codable {
  /// Asked for: waits for room on a node, and then for the provider to say that it runs. Can become
  /// - `setup` when the provider has started it,
  /// - `crashBackoff` when the provider could not, or says that it ended already,
  /// - `terminating` when it has room and is no longer needed, or its node vanished: the start may be under way, so that it
  ///   has to be called off,
  /// - `terminated` when it is no longer needed and has no room yet.
  case pending(since: Moment)

  /// Its process lives and gets the app ready. Can become
  /// - `idle` when it reports ready,
  /// - `crashBackoff` when its process ends,
  /// - `terminating` when it reports failure, takes longer than the startup time-out, lost its connection, is not found after
  ///   a restart, its node vanished, or it is no longer needed.
  case setup(since: Moment)

  /// Ready, without a request since that moment. Can become
  /// - `running` when it gets a request,
  /// - `draining` when nothing needs it: its keep-alive is over, its revision was replaced, the app was removed,
  /// - `terminating` when its connection is lost, its health checks fail, it is not found after a restart, its node vanished,
  ///   or it is to be killed,
  /// - `terminated` when its process ends (a crash).
  case idle(since: Moment)

  /// Ready, with requests. Can become
  /// - `idle` when the last one is over,
  /// - `draining`, `terminating` and `terminated` as `idle` can.
  case running(inFlight: Int)

  /// Told to finish: gets no new request and ends by itself. Can become
  /// - `terminating` when it has no request and yet stays for the termination grace period (a second at least), its deadline
  ///   passes, its node vanished, or it is not found after a restart,
  /// - `terminated` when its process ends.
  case draining(Draining)

  /// Sent SIGTERM, and SIGKILL from `killAt` on. Can become
  /// - `crashBackoff` when its process ends, if it is to be started again,
  /// - `terminated` when its process ends, otherwise.
  case terminating(Terminating)

  /// Failed to start; has no process, and waits. Can become
  /// - `pending`, with the next generation, at `until` or when another runner of the revision became ready,
  /// - `terminated` when it is no longer needed.
  case crashBackoff(until: Moment)

  /// Over. Becomes nothing; it is kept for a while to answer what happened.
  case terminated(at: Moment, RunnerExit)

  public struct Draining: Sendable, Hashable, Codable {
    public var since: Moment
    /// Since when it has no request; nil while it has some.
    public var quietSince: Moment?
    /// Requests that still run are cut off then.
    public var deadline: Moment
  }

  public struct Terminating: Sendable, Hashable, Codable {
    public var since: Moment
    public var killAt: Moment
    /// The runner failed to start and waits until then before it starts again; nil: it ends for good.
    public var retryAt: Moment?
  }
}

extension RunnerState {
  /// fal's name of the state.
  public var name: String {
    switch self {
    case .pending: "PENDING"
    case .setup: "SETUP"
    case .idle: "IDLE"
    case .running: "RUNNING"
    case .draining: "DRAINING"
    case .terminating: "TERMINATING"
    case .crashBackoff: "CRASH_BACKOFF"
    case .terminated: "TERMINATED"
    }
  }

  /// Whether the runner takes requests.
  public var isReady: Bool {
    switch self {
    case .idle, .running: true
    case .pending, .setup, .draining, .terminating, .crashBackoff, .terminated: false
    }
  }

  /// Whether the runner takes requests or is going to: these are the runners that scaling counts.
  public var isCounted: Bool {
    switch self {
    case .pending, .setup, .idle, .running, .crashBackoff: true
    case .terminating(let terminating): terminating.retryAt != nil
    case .draining, .terminated: false
    }
  }

  public var isTerminated: Bool {
    if case .terminated = self { true } else { false }
  }
}
