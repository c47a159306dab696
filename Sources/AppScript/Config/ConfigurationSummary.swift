public import AppModel

/// Shows a server's configuration to its operator, with every default written out: what `apolune check` prints.
public enum ConfigurationSummary {
  /// Lines of `label value`; `file` is how the person named the file.
  public static func render(_ configuration: ServerConfiguration, file: String) -> String {
    var rows: [(String, String)] = [
      ("owner", configuration.owner ?? "the current user"), ("listen", "\(configuration.listen)"),
      ("limits", limits(configuration.limits)),
    ]
    if configuration.nodes.isEmpty { rows.append(("node", "this machine, as it is")) }
    rows += configuration.nodes.map { ("node", node($0)) }
    rows += configuration.machines.map { ("machine", machine($0)) }
    if let tls = configuration.tls { rows.append(("tls", Self.tls(tls))) }
    return "server: \(Printable.line(file))\n" + rows.map { "  \($0.0.padded(to: 10)) \($0.1)\n" }.joined()
  }

  private static func tls(_ tls: ServerConfiguration.TLS) -> String {
    let shown = tls.files.map { "\($0.certificate), \($0.key)" } ?? "a certificate of the local authority"
    return Printable.line("\(tls.listen), \(shown)")
  }

  private static func limits(_ limits: ServerConfiguration.Limits) -> String {
    "\(limits.bundle) a bundle, \(limits.file) a file, \(limits.runnersPerApp.of("runner")) an app"
  }

  private static func node(_ node: NodeConfiguration) -> String {
    let over = node.overcommit
    var parts = [
      (node.cpu.map { "\($0.plain) CPU" } ?? "all CPU") + (over.cpu == 1 ? "" : " \(over.cpu.plain) times"),
      (node.memory.map { "\($0)" } ?? "all memory") + (over.memory == 1 ? "" : " \(over.memory.plain) times"),
    ]
    if let gpus = node.gpus { parts += Self.gpus(gpus) } else { parts.append("the driver's GPUs") }
    parts += node.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return Printable.line("\(node.name): \(parts.joined(separator: ", "))")
  }

  /// Neighbours of one kind together.
  private static func gpus(_ gpus: [NodeConfiguration.GPU]) -> [String] {
    guard !gpus.isEmpty else { return ["no GPU"] }
    var kinds: [(gpu: NodeConfiguration.GPU, count: Int)] = []
    for gpu in gpus {
      if let last = kinds.last?.gpu, last.model == gpu.model, last.memory == gpu.memory {
        kinds[kinds.count - 1].count += 1
      } else {
        kinds.append((gpu, 1))
      }
    }
    return kinds.map { "\($0.count) x \($0.gpu.model) with \($0.gpu.memory)" }
  }

  private static func machine(_ type: MachineType) -> String {
    let gpu = type.gpu.map { ", \($0.model) with \($0.memory)" } ?? ""
    let price = type.pricePerHour.map { ", \($0.plain) an hour" } ?? ""
    return Printable.line("\(type.name): \(type.cpu.plain) CPU, \(type.memory)\(gpu)\(price)")
  }
}
