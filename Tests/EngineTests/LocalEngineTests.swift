import AppModel
import Engine
import EngineCore
import Foundation
import Glibc
import Providers
import RunnerProtocol
import TestKit
import Testing

/// The engine with real processes.
@Suite(.timeLimit(.minutes(1))) struct LocalEngineTests {
  @Test func aRealProcessIsStartedReplacedWhenKilledAndGoneAtTheEnd() async throws {
    let base = "/tmp/apolune-test-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: base) }
    let provider = try LocalProvider(executable: "/bin/sleep", arguments: ["1000"], keeping: .nothing(base: base))
    let dataPlane = SimulatedDataPlane()
    dataPlane.setAnswer { _, _ in [.ready(ReadyReport(pid: 1, startMilliseconds: 1))] }
    let engine = Engine(provider: provider, dataPlane: dataPlane, launches: Stage.launches)
    let events = EventWatch(engine.events())
    let spec = Stage.revision {
      $0.scaling.minConcurrency = 1
      $0.timeouts.terminationGrace = .zero
    }
    #expect(try await engine.deploy(spec, strategy: .rolling) == .promoted)
    // A program that knows nothing of draining ends by SIGTERM, after the grace period.
    let first = try #require(await engine.runners(Stage.app).first)
    kill(try #require(first.pid), SIGKILL)
    let exit = try await events.next { if case .runnerExited(_, first.id, let exit) = $0 { exit } else { nil } }
    #expect(exit == .signalled(9))
    let second = try await events.next { event in
      if case .runnerReady(_, let runner, _) = event, runner != first.id { runner } else { nil }
    }
    let pid = try #require(await engine.runners(Stage.app).first { $0.id == second }?.pid)
    await engine.stop(grace: .seconds(1))
    #expect(kill(pid, 0) != 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base).filter { $0.hasPrefix("run-") } == [])
  }
}
