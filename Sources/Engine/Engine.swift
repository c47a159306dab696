public import EngineCore
public import Providers
public import RunnerProtocol

/// The one door to all apps: takes what happens, decides by the core, writes it down, and acts.
///
/// A thin shell. Everything goes the same way, in batches and without a suspension in between: decide → write down → act.
/// What actions lead to comes back as input. Nothing else changes the state. What could not be written down has not
/// happened: commands are refused, and reports of runners wait until writing succeeds again.
public actor Engine {
  let provider: any Provider
  let dataPlane: any DataPlane
  let journal: any Journal
  let launches: any LaunchSource
  let clock: any EngineClock
  nonisolated let mailbox = Mailbox()
  nonisolated let hub: EventHub
  nonisolated let output: OutputLog
  private nonisolated let executor = EngineExecutor()

  /// What is known now. A value: what is read from it later stays as it was.
  var state: EngineState
  var phase = Phase.built
  var health = JournalHealth.working
  var outbox = Outbox()
  var wakes = WakeQueue()
  /// Apps that may have something to do since others changed, in order.
  var settling = AppQueue()
  var rollouts = RolloutBook()
  var rolloutWaiters = Waiters<RolloutBook.Key, RolloutOutcome>()
  var removalWaiters = Waiters<AppID, Bool>()
  /// Those who wait until the engine has ended all that it was told to end.
  var endWaiters: [CheckedContinuation<Void, Never>] = []
  /// Those who wait until the engine has seen what still runs.
  var startWaiters: [CheckedContinuation<Void, Never>] = []
  var alarm: (at: Moment, task: Task<Void, Never>)?
  private var nextWaiter = 0

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - recovered: what the journal's facts add up to.
  ///   - logs: must take records at once.
  public init(
    provider: any Provider, dataPlane: any DataPlane, journal: any Journal = ForgetfulJournal(), launches: any LaunchSource,
    logs: any LogSink = NoLogs(), clock: any EngineClock = SystemEngineClock(), recovered: EngineState = EngineState()
  ) {
    self.provider = provider
    self.dataPlane = dataPlane
    self.journal = journal
    self.launches = launches
    self.clock = clock
    state = recovered
    hub = EventHub()
    output = OutputLog(hub: hub, sink: logs, clock: clock)
  }

  /// Where the engine is in its own life.
  enum Phase {
    /// Takes mail, but does nothing with it. Becomes `adopting` by `start`.
    case built
    /// Has told the routes, and waits to hear what still runs: until then, what the state says may be long over, and what is
    /// started could run twice. Becomes `serving` once the inventory is written down, `over` by `leave` and `stop`.
    case adopting
    /// Does everything. Becomes `ending` by `stop`, and by `leave` where that ends runners; `over` by `leave` otherwise.
    case serving
    /// Takes no command and starts no runner; waits until all apps or all runners have ended. Becomes `over`.
    case ending(Ending)
    /// Does nothing any more.
    case over
  }

  enum Ending {
    case apps
    case runners
  }

  func newWaiter() -> Int {
    defer { nextWaiter += 1 }
    return nextWaiter
  }
}

// MARK: - Watching

extension Engine {
  /// Everything that happens from now on. A listener that does not keep up loses the oldest events.
  public nonisolated func events() -> AsyncStream<EngineEvent> { hub.listen(to: nil) }

  /// What happens to one app from now on, and what concerns all. A listener that does not keep up loses the oldest events.
  public nonisolated func events(of app: AppID) -> AsyncStream<EngineEvent> { hub.listen(to: app) }

  /// All that is known now: a value, for listings.
  public var view: EngineState { state }

  /// Why commands are refused at present, in words; nil while all is well.
  public var problem: String? { health.problem }

  /// The app's runners, oldest first, with the last few that ended.
  public func runners(_ app: AppID) -> [RunnerStatus] {
    state.apps[app]?.runners.map(RunnerStatus.init) ?? []
  }

  /// The revision that takes the app's traffic.
  public func activeRevision(_ app: AppID) -> RevisionID? { state.apps[app]?.alias }

  /// All apps that are not gone, in order.
  public var apps: [AppID] { state.apps.keys.sorted() }

  /// What the runner wrote last, oldest first; at most 50 lines.
  public nonisolated func lastLines(of runner: RunnerID) -> [LogRecord] { output.lines(of: runner) }
}
