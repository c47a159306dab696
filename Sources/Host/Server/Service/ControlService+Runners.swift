import AppModel
import ControlAPI
import EngineCore
import Planning

extension ControlService {
  /// Of one app, or of all.
  func runners(_ request: APIRequest, of app: AppID?) async throws -> APIAnswer {
    let states = try RunnerStates(request.text(.state))
    let since = try request.seconds(.since).flatMap(Moment.init(secondsSince1970:))
    let environment = request.text(.environment)
    if app == nil, let environment { try await checkEnvironment(environment) }
    let now = clock.now
    var list: [RunnerInfo] = []
    for state in await engine.view.apps.values.sorted(by: { $0.id < $1.id }) {
      guard app.map({ $0 == state.id }) ?? environment.map({ $0 == state.id.environment }) ?? true else { continue }
      list += state.runners.filter { states.includes($0.state, since: since) }.map { RunnerInfo($0, of: state, at: now) }
    }
    return try .json(RunnerList(runners: list.sorted { ($0.requestedAt, $0.id) < ($1.requestedAt, $1.id) }))
  }

  func runner(_ request: APIRequest) async throws -> APIAnswer {
    let (app, runner) = try await knownRunner(request)
    return try .json(RunnerInfo(runner, of: app, at: clock.now))
  }

  func stopRunner(_ request: APIRequest) async throws -> APIAnswer {
    let order = try await request.json(RunnerStop.self, standard: RunnerStop())
    let (_, runner) = try await knownRunner(request)
    try await engine.stopRunner(runner.id, .drain, replaces: order.replaces)
    return .empty(status: 202)
  }

  func killRunner(_ request: APIRequest) async throws -> APIAnswer {
    let (_, runner) = try await knownRunner(request)
    try await engine.stopRunner(runner.id, .kill)
    return .empty(status: 202)
  }

  private func knownRunner(_ request: APIRequest) async throws -> (AppState, Runner) {
    let id = RunnerID(request.parameter("runner"))
    let view = await engine.view
    if let app = view.app(of: id).flatMap({ view.apps[$0] }), let runner = app.runner(id) { return (app, runner) }
    throw APIFailure(
      404, "runner-not-found", "there is no runner '\(id.text.prefix(64))'", fix: "apolune runners list shows those there are")
  }

  /// GPUs that runners hold, by machine type.
  func gpus(of app: AppID?) async throws -> APIAnswer {
    var counts: [String: Int] = [:]
    for state in await engine.view.apps.values where app.map({ $0 == state.id }) ?? true {
      for runner in state.runners {
        guard let placement = runner.placement, !placement.gpus.isEmpty else { continue }
        counts[placement.machine.type, default: 0] += placement.gpus.count
      }
    }
    return try .json(GPUCounts(gpus: counts))
  }

  func nodes() async -> NodeList {
    let view = await engine.view
    var holders: [NodeID: [(app: AppID, runner: RunnerID, placement: Placement)]] = [:]
    for app in view.apps.values {
      for runner in app.runners {
        guard let placement = runner.placement else { continue }
        holders[placement.node, default: []].append((app.id, runner.id, placement))
      }
    }
    let nodes = view.pool.shares.sorted { $0.node.id < $1.node.id }.map { share in
      let node = share.node
      let held = (holders[node.id] ?? []).sorted { $0.runner.text < $1.runner.text }
      var info = NodeInfo(node, isPresent: share.isPresent, holders: held)
      let gpu = node.gpus.first.map { MachineType.GPU(model: $0.model, memory: $0.memory) }
      info.enforcement = enforcement(
        Machine(type: "", cpu: node.cpu, memory: node.memory, gpu: gpu, gpuCount: node.gpus.count))
      return info
    }
    return NodeList(nodes: nodes)
  }
}
