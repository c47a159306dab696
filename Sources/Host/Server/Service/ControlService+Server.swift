import ControlAPI
import EngineCore

extension ControlService {
  func status() async -> ServerStatus {
    let view = await engine.view
    var status = ServerStatus(
      version: server.version, owner: server.owner, pid: server.pid, startedAt: server.startedAt.secondsSince1970,
      url: server.address.url, dataFolder: server.folder.path)
    status.apps = view.apps.values.filter { $0.removal == nil }.count
    status.runners = view.apps.values.reduce(0) { sum, app in sum + app.runners.filter { !$0.state.isTerminated }.count }
    status.runnersAdopted = server.adopted.count
    status.machineTypes = settings.catalogue
    status.tls = server.tls.info
    status.problem = await problem()
    return status
  }

  /// Facts first: while they cannot be written, nothing can be changed.
  private func problem() async -> String? {
    if let problem = await engine.problem { return problem }
    return logs.problem.map { "what runners write is lost: \($0.message)" }
  }

  func stop(_ request: APIRequest) async throws -> APIAnswer {
    let order = try await request.json(ServerStop.self, standard: ServerStop())
    stop(order.stopsRunners)
    return .empty(status: 202)
  }
}
