import ControlAPI

/// A machine as `nodes` shows it.
enum NodeText {
  static func render(_ node: NodeInfo, _ style: Style) -> String {
    var text = style.paint(PlainText.escaped(node.id), .bold)
    if !node.isPresent { text += " " + style.paint("has vanished, and its runners with it", .red) }
    text += "\n"
    for (name, value) in rows(node) {
      let padded = name + String(repeating: " ", count: max(0, nameWidth - name.count))
      text += "  " + style.paint(padded, .dim) + PlainText.escaped(value) + "\n"
    }
    if !node.gpus.isEmpty { text += "\n" + gpus(node).render(style) }
    if !node.runners.isEmpty { text += "\n" + holders(node).render(style) }
    return text
  }

  private static let nameWidth = 10

  private static func rows(_ node: NodeInfo) -> [(String, String)] {
    var rows = [
      ("CPU", "\(number(node.cpuHeld)) of \(number(node.cpu)) cores held"),
      ("memory", "\(amount(node.memoryHeldBytes)) of \(amount(node.memoryBytes)) held"),
    ]
    if !node.gpus.isEmpty { rows.append(("GPUs", "\(node.gpus.count { $0.runner != nil }) of \(node.gpus.count) held")) }
    if !node.labels.isEmpty {
      rows.append(("labels", node.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))
    }
    for (index, line) in node.enforcement.enumerated() { rows.append((index == 0 ? "limits" : "", line)) }
    return rows
  }

  private static func gpus(_ node: NodeInfo) -> Table {
    var table = Table([.init("GPU"), .init("Model"), .init("Memory", .right), .init("Held By")])
    for gpu in node.gpus { table.add([gpu.id, gpu.model, amount(gpu.memoryBytes), gpu.runner ?? "free"]) }
    return table
  }

  private static func holders(_ node: NodeInfo) -> Table {
    var table = Table([
      .init("Runner ID"), .init("App"), .init("Machine Type"), .init("CPU", .right), .init("Memory", .right), .init("GPUs"),
    ])
    for holder in node.runners {
      table.add([
        holder.runner, holder.app, holder.machineType, number(holder.cpu), amount(holder.memoryBytes),
        holder.gpus.isEmpty ? "-" : holder.gpus.joined(separator: ", "),
      ])
    }
    return table
  }

  /// `0.5`, `32`.
  static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String((value * 100).rounded() / 100)
  }

  /// `512 MB`, `23.4 GB`.
  static func amount(_ bytes: Int64) -> String {
    let megabytes = Double(bytes) / 1_048_576
    return megabytes < 1024 ? "\(number(megabytes.rounded())) MB" : "\(number((megabytes / 102.4).rounded() / 10)) GB"
  }
}
