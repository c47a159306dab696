import ControlAPI

/// A server as `server status` shows it.
enum StatusText {
  static func render(_ status: ServerStatus, now: Double, _ style: Style) -> String {
    var rows = [
      ("version", status.version), ("owner", status.owner), ("data", status.dataFolder),
      ("process", "\(status.pid), up for \(TimeText.span(now - status.startedAt))"),
      ("apps", "\(status.apps)"), ("runners", "\(status.runners)"),
    ]
    if let tls = status.tls { rows.insert(("https", tls.url), at: 0) }
    if status.runnersAdopted > 0 { rows.append(("adopted", "\(status.runnersAdopted) at the start")) }
    var text = style.paint(PlainText.escaped(status.url), .bold) + "\n"
    for (name, value) in rows { text += "  " + style.paint(Self.padded(name), .dim) + PlainText.escaped(value) + "\n" }
    if let problem = status.problem {
      text += "  " + style.paint(Self.padded("problem"), .red) + PlainText.escaped(problem) + "\n"
    }
    return text
  }

  static func padded(_ name: String) -> String { name + String(repeating: " ", count: max(0, 10 - name.count)) }
}
