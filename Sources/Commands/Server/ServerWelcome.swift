import ControlAPI

/// What a server says when it is ready.
struct ServerWelcome: Sendable, Hashable {
  var status: ServerStatus
  var nodes: [NodeInfo]
  /// `id:secret` of the owner, when it was made just now.
  var keyMade: String?
  /// Whether the key may be in it: the log of a server in the background must not hold one.
  var isShown: Bool
  /// Where the key lies for this user's own commands.
  var keyPath: String

  func render(_ style: Style) -> String {
    var text = style.paint("apolune \(status.version)", .bold) + " serves at " + style.paint(status.url, .cyan) + "\n"
    for (name, value) in rows {
      text += "  " + style.paint(StatusText.padded(name), .dim) + PlainText.escaped(value) + "\n"
    }
    return text
  }

  private var rows: [(String, String)] {
    var rows = status.tls.map { [("https", $0.url)] } ?? []
    rows += [("data", status.dataFolder), ("owner", status.owner)]
    if let keyMade {
      let key = isShown ? "\(keyMade) (shown this once; " : "made ("
      rows.append(("key", "\(key)this user's commands find it in \(keyPath))"))
    }
    let adopted = status.runnersAdopted == 1 ? "1 runner taken over" : "\(status.runnersAdopted) runners taken over"
    rows.append(("apps", status.apps == 0 ? "none yet; deploy one with 'apolune deploy app.lua'" : "\(status.apps), \(adopted)"))
    for node in nodes {
      let gpus = node.gpus.isEmpty ? "" : ", \(node.gpus.count) × \(Set(node.gpus.map(\.model)).sorted().joined(separator: ", "))"
      rows.append(("node", "\(node.id): \(NodeText.number(node.cpu)) cores, \(NodeText.amount(node.memoryBytes))\(gpus)"))
      for line in node.enforcement { rows.append(("", line)) }
    }
    if let problem = status.problem { rows.append(("problem", problem)) }
    return rows
  }
}
