import AppModel
import Engine
import EngineCore
import Providers
import RunnerProtocol
import Synchronization
import TestKit

/// What dies with a server that is killed: from then on nothing that it does reaches journal, provider or runners.
final class Mortality: Sendable {
  /// When the server is killed.
  struct Death: Sendable, Hashable, CustomStringConvertible {
    var append: Int
    /// After the facts were written, so that nothing follows from them; before, so that nobody ever hears of them.
    var isAfterWrite: Bool

    var description: String { "killed \(isAfterWrite ? "after" : "before") append \(append)" }
  }

  private let death: Death?
  private let state = Mutex((isDead: false, appends: 0))

  init(_ death: Death?) { self.death = death }

  var isDead: Bool { state.withLock { $0.isDead } }
  var appends: Int { state.withLock { $0.appends } }

  /// - Returns: whether the facts are written.
  func append() -> Bool {
    state.withLock { state in
      state.appends += 1
      guard !state.isDead else { return false }
      guard let death, death.append == state.appends else { return true }
      state.isDead = true
      return death.isAfterWrite
    }
  }
}

struct MortalJournal: Journal {
  struct Dead: Error {}

  let mortality: Mortality
  let journal: FaultyJournal

  func append(_ facts: [Fact]) throws {
    guard mortality.append() else { throw Dead() }
    try journal.append(facts)
  }
}

struct MortalProvider: Provider {
  let mortality: Mortality
  let provider: SimulatedProvider

  func begin(events: @escaping @Sendable (ProviderEvent) -> Void) { provider.begin(events: events) }
  func start(_ start: RunnerStart) { if !mortality.isDead { provider.start(start) } }
  func stop(_ instance: RunnerInstance) { if !mortality.isDead { provider.stop(instance) } }
  func kill(_ instance: RunnerInstance) { if !mortality.isDead { provider.kill(instance) } }
  func enforcement(for machine: Machine) -> Enforcement { provider.enforcement(for: machine) }
  func leave() async { if !mortality.isDead { await provider.leave() } }
  func close() async { if !mortality.isDead { await provider.close() } }
}

struct MortalDataPlane: DataPlane {
  let mortality: Mortality
  let dataPlane: SimulatedDataPlane

  func attach(
    _ runner: RunnerID, app: AppID, revision: RevisionID, socket: String, launch: LaunchSpec, slots: Int,
    events: @escaping @Sendable (RunnerLinkEvent) -> Void
  ) {
    guard !mortality.isDead else { return }
    dataPlane.attach(runner, app: app, revision: revision, socket: socket, launch: launch, slots: slots, events: events)
  }

  func route(_ app: AppID, to route: AppRoute?) { if !mortality.isDead { dataPlane.route(app, to: route) } }
  func drain(_ runner: RunnerID) { if !mortality.isDead { dataPlane.drain(runner) } }
  func detach(_ runner: RunnerID) { if !mortality.isDead { dataPlane.detach(runner) } }
}

/// What outlives a server: its journal, its provider's runners, and the clock. Holds the server that runs now.
struct World {
  let clock = ManualClock()
  let provider = SimulatedProvider()
  let journal = FaultyJournal()
  private(set) var mortality = Mortality(nil)
  private(set) var dataPlane = SimulatedDataPlane()
  private(set) var engine: Engine
  /// What the requests of the moment are: a gateway tells it again after a restart.
  private var demand = Demand.none
  /// How the servers to come die; those after them live.
  private var deaths: [Mortality.Death]

  init(_ deaths: [Mortality.Death]) async {
    self.deaths = deaths.reversed()
    engine = Engine(provider: provider, dataPlane: dataPlane, launches: Stage.launches)
    await serve(until: self.deaths.popLast())
  }

  /// Starts the next server on what the one before it left.
  mutating func restart() async {
    provider.crashHost()
    await engine.leave()
    await serve(until: deaths.popLast())
  }

  private mutating func serve(until death: Mortality.Death?) async {
    let mortality = Mortality(death)
    let dataPlane = SimulatedDataPlane()
    dataPlane.setOnDrain { [provider] in provider.end($0.text, .exited(status: 0)) }
    dataPlane.setAnswer { _, _ in [.ready(ReadyReport(pid: 1, startMilliseconds: 1))] }
    self.mortality = mortality
    self.dataPlane = dataPlane
    engine = Engine(
      provider: MortalProvider(mortality: mortality, provider: provider),
      dataPlane: MortalDataPlane(mortality: mortality, dataPlane: dataPlane),
      journal: MortalJournal(mortality: mortality, journal: journal), launches: Stage.launches, clock: clock,
      recovered: EngineState(folding: journal.facts))
    await engine.start()
    engine.demand(Stage.app, demand)
  }

  mutating func setDemand(_ demand: Demand) {
    self.demand = demand
    engine.demand(Stage.app, demand)
  }

  /// Has `command` carried out, by a later server if the present one is killed, and waits until `isOver`.
  ///
  /// - Parameter isDone: whether the command took effect already.
  mutating func carryOut(
    isDone: @Sendable (EngineState) -> Bool, isOver: @Sendable (EngineState) -> Bool,
    _ command: @Sendable (Engine) async throws -> Void
  ) async throws {
    while true {
      if mortality.isDead { await restart() }
      let view = await engine.view
      if isDone(view) {
        if isOver(view), !mortality.isDead { return }
        // Things take their course; the suite's time limit bounds that.
        try Task.checkCancellation()
        await Task.yield()
        continue
      }
      do {
        try await command(engine)
      } catch {
        guard mortality.isDead else { throw error }
      }
    }
  }
}
