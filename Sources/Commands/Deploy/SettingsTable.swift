import ControlAPI

/// What a deploy would change, as `--check` shows it.
enum SettingsTable {
  static func render(_ report: RolloutReport, _ style: Style) -> String {
    report.results.map { result in
      let differences = report.differences[result.app] ?? []
      guard !differences.isEmpty else { return "\(result.owner)/\(result.app): no setting changes\n" }
      var table = Table([.init("Setting"), .init("Now"), .init("After"), .init("Script")])
      for setting in differences {
        table.add([setting.name, setting.before ?? "-", setting.after ?? "-", setting.code ?? setting.after ?? "-"])
      }
      return style.paint("\(result.owner)/\(result.app)", .bold) + "\n" + table.render(style)
    }.joined(separator: "\n")
  }
}
