/// A queued request in words.
enum QueueText {
  /// What `--detach` says: how to come back to it.
  static func submitted(_ status: QueueStatus, _ id: String, _ app: String, _ style: Style) -> String {
    var lines = [style.paint(PlainText.escaped(id), .bold)]
    for (name, url) in [("status", status.statusURL), ("result", status.resultURL), ("cancel", status.cancelURL)] {
      guard let url else { continue }
      lines.append("  " + style.paint(name, .dim) + "  " + style.paint(PlainText.escaped(url), .cyan))
    }
    lines.append(
      "  " + style.paint("wait", .dim) + "    apolune call \(PlainText.escaped(app)) --result \(PlainText.escaped(id))")
    return lines.map { $0 + "\n" }.joined()
  }

  static func status(_ status: QueueStatus, _ id: String) -> String {
    let id = PlainText.escaped(id)
    switch status.phase {
    case .waiting:
      let position = status.position ?? 0
      return "\(id) is in the queue, \(position == 0 ? "next" : "\(position) before it")\n"
    case .running: return "\(id) is in progress\n"
    case .completed:
      guard let error = status.error else { return "\(id) is completed\n" }
      let type = status.errorType.map { " (\(PlainText.escaped($0)))" } ?? ""
      return "\(id) has failed\(type): \(PlainText.escaped(error))\n"
    }
  }
}
