import AppModel
import Engine
import EngineCore
import RunnerProtocol
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct LaunchTests {
  struct Gone: LaunchSource {
    struct Missing: Error, CustomStringConvertible {
      var description: String { "the bundle abc is gone" }
    }

    func template(for app: AppID, revision: Revision) throws -> LaunchTemplate { throw Missing() }
  }

  @Test func aLaunchThatCannotBeMadeIsAFailedStart() async throws {
    let stage = Stage()
    let engine = Engine(provider: stage.provider, dataPlane: stage.dataPlane, launches: Gone(), clock: stage.clock)
    let failure = RunnerFailure(code: "launch-failed", message: "the bundle abc is gone")
    #expect(try await engine.deploy(Stage.revision(), strategy: .rolling) == .failed(failure, lastLines: []))
    await engine.stop(grace: .zero)
  }

  final class KeptLogs: LogSink {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func append(_ record: LogRecord, app: AppID, runner: RunnerID) {
      kept.withLock { $0.append("\(app) \(runner): \(record.message)") }
    }
  }

  @Test func whatRunnersWriteGoesToTheSink() async throws {
    let stage = Stage()
    let logs = KeptLogs()
    let engine = Engine(
      provider: stage.provider, dataPlane: stage.dataPlane, launches: Stage.launches, logs: logs, clock: stage.clock)
    _ = try await engine.deploy(Stage.revision(), strategy: .rolling)
    let runner = try #require(await engine.runners(Stage.app).first?.id)
    stage.provider.write(runner.text, line: "hello")
    #expect(logs.lines == ["me/words \(runner): hello"])
    await engine.stop(grace: .zero)
  }

  @Test func anUnhealthyRunnerIsReplacedAndTheReasonIsTold() async throws {
    let stage = Stage()
    _ = try await stage.engine.deploy(Stage.revision { $0.scaling.minConcurrency = 1 }, strategy: .rolling)
    let runner = try await stage.ready()
    stage.dataPlane.say(.unhealthy(FailureReport(code: "health-check-failed", message: "GET /health: 503")), of: runner)
    let failure = try await stage.event { if case .runnerCrashed(_, runner, let failure) = $0 { failure } else { nil } }
    #expect(failure == RunnerFailure(code: "health-check-failed", message: "GET /health: 503"))
    #expect(try await stage.ready() != runner)
    await stage.engine.stop(grace: .seconds(5))
  }
}
