import ControlAPI
import EngineCore
import Store

extension ControlService {
  /// Of each kind: as many as fit on a page that somebody reads.
  private static let webhooksMax = 1000

  /// The owner sees all; everybody else those of the requests that they made.
  func webhooks(_ request: APIRequest) async throws -> APIAnswer {
    let user = try whose(request)
    let isDeadOnly = try request.flag(.dead)
    let tried = isDeadOnly ? [] : try await requests.deliveries(of: user, first: Self.webhooksMax)
    let dead = try await requests.deadDeliveries(of: user, first: Self.webhooksMax)
    return try .json(WebhookList(webhooks: (tried + dead).map(WebhookInfo.init)))
  }

  func retryWebhook(_ request: APIRequest) async throws -> APIAnswer {
    let id = request.parameter("request")
    let change = DeliveryChange.revived(request: id, of: try whose(request), at: clock.now)
    guard try await requests.change(change) == .done else {
      throw APIFailure(
        404, "webhook-not-found", "there is no webhook of request '\(id.prefix(64))' that was given up",
        fix: "apolune webhooks list --dead shows those there are")
    }
    return .empty(status: 202)
  }

  func retryWebhooks(_ request: APIRequest) async throws -> APIAnswer {
    // None to try is no failure.
    _ = try await requests.change(.revivedAll(of: try whose(request), at: clock.now))
    return .empty(status: 202)
  }
}

extension WebhookInfo {
  init(_ delivery: QueueDelivery) {
    let request = delivery.request
    self.init(
      request: request.id, app: "\(request.app.owner)/\(request.app.name)", environment: request.app.environment,
      user: request.caller.id, url: request.webhook ?? "", attempts: delivery.attempts, isDead: delivery.isDead,
      nextAt: delivery.isDead ? nil : delivery.nextAt.secondsSince1970, problem: delivery.problem)
  }
}
