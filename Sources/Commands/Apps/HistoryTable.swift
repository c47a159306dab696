import ControlAPI

/// What happened to an app, as `apps history` shows it.
enum HistoryTable {
  static func render(_ page: HistoryPage, _ time: TimeText, _ style: Style) -> String {
    var table = Table([.init("When"), .init("What"), .init("Revision"), .init("Runner"), .init("In Words")])
    for entry in page.entries {
      table.add([time.moment(entry.at), entry.kind, entry.revision ?? "", entry.runner ?? "", entry.message])
    }
    return table.render(style)
  }
}
