import ControlAPI

/// Runners as `runners list` shows them: fal's columns, and what is worth knowing here besides.
enum RunnerTable {
  static func render(_ runners: [RunnerInfo], now: Double, _ style: Style) -> String {
    let hasNodes = Set(runners.compactMap(\.node)).count > 1
    let hasReasons = runners.contains { $0.reason != nil }
    var columns: [Table.Column] = [
      .init("Alias"), .init("Machine Type"), .init("Runner ID"), .init("In Flight Requests", .right),
      .init("Expires In", .right), .init("Uptime", .right), .init("Revision"), .init("State"),
    ]
    if hasNodes { columns.append(.init("Node")) }
    if hasReasons { columns.append(.init("Reason")) }
    var table = Table(columns)
    for runner in runners {
      var cells = [
        alias(runner), runner.machineType, runner.id, "\(runner.inFlight)",
        runner.expiresIn.map { TimeText.span($0) } ?? "-", uptime(runner, now), runner.revision, state(runner),
      ]
      if hasNodes { cells.append(runner.node ?? "-") }
      if hasReasons { cells.append(runner.reason.flatMap { PlainText.lines($0).first.map { String($0) } } ?? "") }
      table.add(cells)
    }
    let note = runners.contains(where: \.willBeReplaced) ? style.paint("(*) will be replaced", .dim) + "\n" : ""
    return table.render(style) + note
  }

  private static func alias(_ runner: RunnerInfo) -> String {
    runner.environment == ControlQuery.environmentMain ? runner.app : "\(runner.app)--\(runner.environment)"
  }

  /// From the moment it was asked for to its end.
  private static func uptime(_ runner: RunnerInfo, _ now: Double) -> String {
    TimeText.span((runner.endedAt ?? now) - runner.requestedAt)
  }

  private static func state(_ runner: RunnerInfo) -> String {
    runner.willBeReplaced ? runner.state + " (*)" : runner.state
  }
}
