import AppModel
import EngineCore
import Planning

/// Facts of runners, with what the tests do not care about filled in.
enum RunnerStory {
  static let one = RunnerID("one")

  static func requested(_ id: RunnerID = one, at second: Int64, app: AppID = .words) -> Fact {
    Fact(app, at: .seconds(second), .runnerRequested(id, RevisionID("\(app.name)-1"), .demand))
  }

  static func placed(_ id: RunnerID = one, at second: Int64, _ type: String = "S", gpus: Int = 0, app: AppID = .words) -> Fact {
    let machine = Machine(type: type, cpu: 1, memory: .gigabytes(1), gpuCount: gpus)
    return Fact(app, at: .seconds(second), .runnerPlaced(id, Placement(node: NodeID("n"), machine: machine)))
  }

  static func fact(_ second: Int64, _ change: Fact.Change, app: AppID = .words) -> Fact {
    Fact(app, at: .seconds(second), change)
  }

  static func started(_ id: RunnerID = one, at second: Int64, app: AppID = .words) -> Fact {
    fact(second, .runnerStarted(id, .init(socket: "/s", pid: 1)), app: app)
  }

  /// From its wish at `second` through 10 s of setup, 100 s of service, 5 of draining and 1 of ending.
  static func life(
    _ id: RunnerID = one, from second: Int64 = 0, _ type: String = "S", gpus: Int = 0, app: AppID = .words
  ) -> [Fact] {
    [
      requested(id, at: second, app: app), placed(id, at: second, type, gpus: gpus, app: app),
      started(id, at: second, app: app), fact(second + 10, .runnerReady(id), app: app),
      fact(second + 110, .runnerDraining(id, deadline: .seconds(second + 500)), app: app),
      fact(second + 115, .runnerTerminating(id, killAt: .seconds(second + 500), retryAt: nil), app: app),
      fact(second + 116, .runnerEnded(id, .exited(status: 0)), app: app),
    ]
  }
}
