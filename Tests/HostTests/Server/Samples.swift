import AppModel
import ControlAPI

/// One of every answer of the control API, with every field filled in.
enum Samples {
  static let all: [any (Codable & Sendable)] = [
    ServerHealth(version: "1"), status, NodeList(nodes: [node]), GPUCounts(gpus: ["GPU-H100": 2]),
    BlobsMissing(missing: ["ab"], bytesMax: 1), event, AppList(apps: [app]), app, RevisionList(revisions: [revision]),
    ScaleResult(app: app, untilNextDeploy: ["max_multiplexing"]), RunnerList(runners: [runner]), runner,
    HistoryPage(
      entries: [.init(sequence: 1, at: 2, kind: "aliasMoved", revision: "a-1", runner: "r", message: "m")], next: 1),
    LogLine(at: 1, runner: "r", level: "info", source: "app", requestID: "q", message: "m"),
    EnvironmentList(environments: [environment]), environment, problem, usage, WebhookList(webhooks: [webhook]), webhook,
  ]

  private static let webhook = WebhookInfo(
    request: "r", app: "me/a", environment: "main", user: "me", url: "http://a/", attempts: 1, isDead: false, nextAt: 1,
    problem: "p")

  static var usage: UsageReport {
    var amounts = UsageAmounts(
      requests: 1, failed: 1, units: 1.5, requestSeconds: 2,
      seconds: RunnerSeconds(setup: 1, idle: 2, running: 3, draining: 4, terminating: 5))
    amounts.cost = 0.5
    return UsageReport(
      since: 1, until: 2, by: [.app, .day], rows: [UsageRow(of: ["app": "me/a", "day": "1970-01-01"], usage: amounts)],
      total: amounts)
  }

  static let problem = APIProblem(
    code: "script-invalid", message: "m", fix: "f",
    diagnostics: [
      Diagnostic(.warning, "c", "m", at: SourcePosition(file: "app.lua", line: 1, column: 2), length: 3, fix: "f")
    ])

  static let environment = EnvironmentInfo(name: "dev", description: "d", createdAt: 1.5, apps: 2)

  static var status: ServerStatus {
    var status = ServerStatus(version: "1", owner: "me", pid: 1, startedAt: 1.5, url: "http://h", dataFolder: "/d")
    status.problem = "the disk is full"
    status.tls = TLSInfo(url: "https://h", port: 1, names: ["h"], expiresAt: 1.5, bundle: "/d/tls/bundle.pem")
    return status
  }

  static var node: NodeInfo {
    var node = NodeInfo(id: "local", isPresent: true, cpu: 2, memoryBytes: 1024)
    node.labels = ["zone": "a"]
    node.gpus = [.init(id: "0", model: "H100", memoryBytes: 80, runner: "r")]
    node.runners = [.init(runner: "r", app: "me/a", machineType: "S", cpu: 1, memoryBytes: 2, gpus: ["0"])]
    node.enforcement = ["memory: cgroup v2"]
    return node
  }

  static var app: AppInfo {
    var app = AppInfo(owner: "me", name: "a", environment: "main", url: "http://h/me/a")
    app.revision = "a-1"
    app.auth = .private
    app.strategy = .rolling
    app.timeouts.requestStart = InSeconds(wrappedValue: .seconds(5))
    app.machineTypes = ["S"]
    app.regions = ["eu"]
    app.rollout = RolloutInfo(revision: "a-2", strategy: .recreate, seconds: 1, waitsFor: "w")
    return app
  }

  static var revision: RevisionInfo {
    var revision = RevisionInfo(
      revision: "a-1", status: .active, createdAt: 1, bundle: "b", auth: .public, scaling: Scaling(), machineTypes: ["S"],
      runners: 1)
    revision.message = "m"
    revision.annotations = ["k": "v"]
    return revision
  }

  static var runner: RunnerInfo {
    var runner = RunnerInfo(
      id: "r", owner: "me", app: "a", environment: "main", revision: "a-1", state: "IDLE", machineType: "S", generation: 1,
      requestedAt: 1, cause: "demand")
    runner.node = "local"
    runner.gpus = ["0"]
    runner.pid = 1
    runner.readyAt = 1
    runner.endedAt = 2
    runner.expiresIn = 3
    runner.reason = "r"
    return runner
  }

  static var event: DeployEvent {
    var event = DeployEvent(.failed, app: "a", seconds: 1.5)
    event.revision = "a-1"
    event.runner = "r"
    event.message = "m"
    event.settings = [SettingDifference(name: "keep_alive", before: "1m", after: "2m", code: "3m")]
    event.warnings = ["w"]
    event.result = DeployResult(
      owner: "me", app: "a", environment: "main", revision: "a-1", url: "u", auth: "private", status: .deployed)
    event.problem = problem
    return event
  }
}
