import AppModel
import EngineCore
import TestKit
import Testing

@testable import Engine

/// What one report costs must not depend on how many apps there are.
@Suite(.timeLimit(.minutes(2)), .serialized) struct ShellCostTests {
  /// An engine with `count` apps, each with a ready runner that will be idle for long.
  private func engine(apps count: Int) async throws -> Engine {
    let dataPlane = SimulatedDataPlane()
    dataPlane.setAnswer { _, _ in [.ready(.init(pid: 1, startMilliseconds: 1))] }
    let engine = Engine(provider: SimulatedProvider(), dataPlane: dataPlane, launches: Stage.launches, clock: ManualClock())
    await engine.start()
    let revision = Stage.revision { $0.scaling.keepAlive = .seconds(1_000) }
    // As many at a time as the engine lets wait.
    for begin in stride(from: 0, to: count, by: 1_000) {
      try await withThrowingTaskGroup { group in
        for number in begin..<min(begin + 1_000, count) {
          group.addTask {
            let id = try await engine.deploy(app(number), revision, DeployOptions(strategy: .rolling))
            _ = try await engine.outcome(of: app(number), id)
          }
        }
        try await group.waitForAll()
      }
    }
    return engine
  }

  private func app(_ number: Int) -> AppID { AppID(owner: "me", name: "app\(number)") }

  /// The middle one of many measurements of a turn with one report.
  private func cost(_ engine: Engine) async throws -> Duration {
    var costs: [Duration] = []
    for number in 0..<500 {
      let app = app(number % 30)
      let runner = try #require(await engine.runners(app).first?.id)
      let begin = ContinuousClock.now
      await engine.take(.demand(app, Demand(inFlight: [runner: number % 2 + 1])))
      costs.append(ContinuousClock.now - begin)
    }
    return costs.sorted()[costs.count / 2]
  }

  @Test func aReportCostsTheSameAmongManyApps() async throws {
    let few = try await engine(apps: 30)
    let many = try await engine(apps: 3_000)
    let costs = (few: try await cost(few), many: try await cost(many))
    // A scan over all apps would be a hundred times as much.
    #expect(costs.many < costs.few * 5, "\(costs)")
  }
}

extension Engine {
  /// One report, and the turn that works on it.
  fileprivate func take(_ event: Input.Event) {
    mailbox.post(event)
    turn()
  }
}
