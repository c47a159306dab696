import ControlAPI
import Engine
import EngineCore

/// Tells one deploy of one app to whoever listens.
struct DeployTeller {
  var app: AppID
  var revision: RevisionID?
  var begin: Moment
  var clock: any EngineClock
  var report: AsyncStream<DeployEvent>.Continuation

  init(app: AppID, begin: Moment, clock: any EngineClock, report: AsyncStream<DeployEvent>.Continuation) {
    self.app = app
    self.begin = begin
    self.clock = clock
    self.report = report
  }

  func tell(_ kind: DeployEvent.Kind, _ runner: RunnerID? = nil, _ message: String? = nil) {
    tell(kind) {
      $0.runner = runner?.text
      $0.message = message
    }
  }

  func tell(_ kind: DeployEvent.Kind, _ fill: (inout DeployEvent) -> Void) {
    var event = DeployEvent(kind, app: app.name, seconds: (clock.now - begin).inSeconds)
    event.revision = revision?.text
    fill(&event)
    report.yield(event)
  }

  func finish(_ result: DeployResult) { tell(.finished) { $0.result = result } }

  func fail(_ problem: APIProblem) { tell(.failed) { $0.problem = problem } }
}
