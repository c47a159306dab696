import ControlAPI

/// GPUs that runners hold, by machine type.
enum GPUTable {
  static func render(_ counts: GPUCounts, _ style: Style) -> String {
    let held = counts.gpus.filter { $0.value > 0 }
    guard !held.isEmpty else { return "no GPU is held\n" }
    var table = Table([.init("Machine Type"), .init("GPUs", .right)])
    for (type, count) in held.sorted(by: { $0.key < $1.key }) { table.add([type, "\(count)"]) }
    return table.render(style)
  }
}
