import AppModel
import Engine
import EngineCore
import Providers
import RunnerProtocol
import TestKit

/// An engine with everything around it simulated.
struct Stage {
  static let app = AppID(owner: "me", name: "words")

  let clock: ManualClock
  let provider: SimulatedProvider
  let dataPlane = SimulatedDataPlane()
  let engine: Engine
  let events: EventWatch

  /// - Parameters:
  ///   - provider: of an earlier engine, with the runners that it left.
  ///   - recovered: what the earlier engine wrote down.
  init(
    journal: any Journal = ForgetfulJournal(), clock: ManualClock = ManualClock(),
    provider: SimulatedProvider = SimulatedProvider(), recovered: EngineState = EngineState()
  ) {
    self.clock = clock
    self.provider = provider
    engine = Engine(
      provider: provider, dataPlane: dataPlane, journal: journal, launches: Self.launches, clock: clock,
      recovered: recovered)
    events = EventWatch(engine.events())
    dataPlane.setOnDrain { [provider] in provider.end($0.text, .exited(status: 0)) }
    dataPlane.setAnswer { _, _ in [.ready(ReadyReport(pid: 1, startMilliseconds: 1))] }
  }

  static let launches = SameLaunch(
    template: LaunchTemplate(bundle: "/bundle", script: "words.lua", secrets: ["KEY": "hidden"], ephemeral: true))

  static func revision(_ change: (inout AppDefinition) -> Void = { _ in }) -> NewRevision {
    var definition = AppDefinition(
      name: app.name, program: .endpoints([]), machines: [Machine(type: "S", cpu: 1, memory: .gigabytes(1))])
    change(&definition)
    let bundle = BundleReference(hash: "abc", script: "words.lua")
    return NewRevision(definition: definition, auth: .public, bundle: bundle, restart: .ephemeral)
  }

  /// Waits for the next event for which `pick` gives something.
  func event<Picked: Sendable>(_ pick: @Sendable (EngineEvent) -> Picked?) async throws -> Picked {
    try await events.next(pick)
  }

  func ready() async throws -> RunnerID {
    try await event { if case .runnerReady(_, let runner, _) = $0 { runner } else { nil } }
  }

  func requested() async throws -> RunnerID {
    try await event { if case .runnerRequested(_, _, let runner, _) = $0 { runner } else { nil } }
  }

  /// The engine runs beside the test: what it told the data plane may come a moment after the event.
  func attached(_ runner: RunnerID) async throws {
    while !dataPlane.calls.contains(where: { if case .attach(runner, _, _, _) = $0 { true } else { false } }) {
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  func exited(_ runner: RunnerID) async throws -> RunnerExit {
    try await event { if case .runnerExited(_, runner, let exit) = $0 { exit } else { nil } }
  }
}

/// The events of an engine, one after the other; the suite's time limit bounds the wait.
struct EventWatch: Sendable {
  private let stream: AsyncStream<EngineEvent>

  init(_ stream: AsyncStream<EngineEvent>) { self.stream = stream }

  func next<Picked: Sendable>(_ pick: @Sendable (EngineEvent) -> Picked?) async throws -> Picked {
    for await event in stream {
      if let picked = pick(event) { return picked }
    }
    throw CancellationError()
  }
}

/// Every runner starts in the same way.
struct SameLaunch: LaunchSource {
  var template: LaunchTemplate

  func template(for app: AppID, revision: Revision) -> LaunchTemplate { template }
}

extension Engine {
  /// Deploys the stage's app and waits for the end of the rollout.
  func deploy(
    _ revision: NewRevision, strategy: Strategy, warm: Bool = false
  ) async throws -> RolloutOutcome {
    await start()
    let id = try await deploy(Stage.app, revision, DeployOptions(strategy: strategy, warm: warm))
    return try await outcome(of: Stage.app, id)
  }
}
