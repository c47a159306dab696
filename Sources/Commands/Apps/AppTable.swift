import AppModel
import ControlAPI

/// Apps as `apps list` shows them, with fal's columns.
enum AppTable {
  private static let columns: [Table.Column] = [
    .init("Name"), .init("Env"), .init("Revision"), .init("Auth"), .init("Min Concurrency", .right),
    .init("Max Concurrency", .right), .init("Concurrency Buffer", .right), .init("Scaling Delay", .right),
    .init("Max Multiplexing", .right), .init("Keep Alive", .right), .init("Request Timeout", .right),
    .init("Request Start Timeout", .right), .init("Startup Timeout", .right), .init("Machine Type"),
    .init("Runners", .right), .init("Regions"),
  ]

  static func render(_ apps: [AppInfo], _ style: Style) -> String {
    var table = Table(columns)
    let showsOwner = Set(apps.map(\.owner)).count > 1
    for app in apps { table.add(row(app, showsOwner: showsOwner)) }
    let notes = apps.compactMap { note($0, showsOwner: showsOwner) }
    return table.render(style) + notes.map { style.paint(PlainText.escaped($0), .dim) + "\n" }.joined()
  }

  private static func row(_ app: AppInfo, showsOwner: Bool) -> [String] {
    let (scaling, timeouts) = (app.scaling, app.timeouts)
    return [
      name(app, showsOwner), app.environment, app.revision ?? "-", app.auth?.rawValue ?? "-",
      "\(scaling.minConcurrency)", "\(scaling.maxConcurrency)", buffer(scaling), scaling.scalingDelay.text,
      "\(scaling.maxMultiplexing)", scaling.keepAlive.text, timeouts.request.text,
      timeouts.requestStart?.wrappedValue.text ?? "-", timeouts.startup.text, machines(app), runners(app),
      app.regions.isEmpty ? "-" : app.regions.joined(separator: ", "),
    ]
  }

  private static func name(_ app: AppInfo, _ showsOwner: Bool) -> String {
    showsOwner ? "\(app.owner)/\(app.name)" : app.name
  }

  /// `2`, or `20%, min 2`.
  static func buffer(_ scaling: Scaling) -> String {
    scaling.concurrencyBufferPercentage == 0
      ? "\(scaling.concurrencyBuffer)" : "\(scaling.concurrencyBufferPercentage)%, min \(scaling.concurrencyBuffer)"
  }

  private static func machines(_ app: AppInfo) -> String {
    let names = app.machineTypes.joined(separator: ", ")
    return app.gpuCount > 1 ? "\(names) × \(app.gpuCount)" : names
  }

  private static func runners(_ app: AppInfo) -> String {
    app.runnersReady == app.runners ? "\(app.runners)" : "\(app.runners) (\(app.runnersReady) ready)"
  }

  /// What goes on with an app, and whether callers wait.
  private static func note(_ app: AppInfo, showsOwner: Bool) -> String? {
    var parts: [String] = []
    if let rollout = app.rollout {
      let wait = rollout.waitsFor.map { ", waits: \($0)" } ?? ""
      let since = TimeText.span(rollout.seconds)
      parts.append("\(rollout.revision) is on its way (\(rollout.strategy.rawValue), for \(since)\(wait))")
    }
    if app.queued > 0 { parts.append("\(app.queued) \(app.queued == 1 ? "request waits" : "requests wait") for a runner") }
    return parts.isEmpty ? nil : "\(name(app, showsOwner)): " + parts.joined(separator: "; ")
  }
}
