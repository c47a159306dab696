import ControlAPI

/// Webhooks as `webhooks list` shows them.
enum WebhookTable {
  static func render(_ list: WebhookList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([
      .init("Request"), .init("App"), .init("User"), .init("Attempts", .right), .init("Next Attempt"), .init("URL"),
      .init("Problem"),
    ])
    for webhook in list.webhooks {
      let app = webhook.environment == ControlQuery.environmentMain ? webhook.app : "\(webhook.app)--\(webhook.environment)"
      table.add([
        webhook.request, app, webhook.user.isEmpty ? "-" : webhook.user, "\(webhook.attempts)",
        webhook.isDead ? "given up" : webhook.nextAt.map { time.moment($0) } ?? "-", webhook.url, webhook.problem ?? "-",
      ])
    }
    return table.render(style)
  }
}
