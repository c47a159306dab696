import ControlAPI
import EngineCore
import Gateway

extension ControlService {
  func queue(of app: AppID) async -> QueueInfo {
    let size = await gateway.queueSize(of: app)
    let users = size.byUser.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return QueueInfo(
      size: size.waiting, running: size.running, byUser: users.map { QueueUser(user: $0.key, size: $0.value) })
  }

  func flushQueue(_ request: APIRequest) async throws -> APIAnswer {
    let app = try await known(request.appID).id
    return try .json(QueueFlush(flushed: await gateway.flushQueue(of: app, user: request.text(.user))))
  }
}
