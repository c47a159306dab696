import ControlAPI

/// Environments as `environments list` shows them.
enum EnvironmentTable {
  static func render(_ list: EnvironmentList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([.init("Name"), .init("Apps", .right), .init("Created"), .init("Description")])
    for environment in list.environments {
      table.add([
        environment.name, "\(environment.apps)", environment.createdAt.map { time.moment($0) } ?? "-",
        environment.description ?? "",
      ])
    }
    return table.render(style)
  }
}
