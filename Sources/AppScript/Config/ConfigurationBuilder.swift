import AppModel

/// Builds a server's configuration from the parts of its file, and reports what is wrong with them.
struct ConfigurationBuilder {
  var reader = OptionReader()
  private(set) var configuration = ServerConfiguration()
  private var machines = MachineRules(catalogue: MachineType.builtIn)
  private var server: SourceMark?
  private var node: SourceMark?

  // MARK: Server

  mutating func add(_ draft: DraftServer) {
    let options = reader.read(draft.options, as: Schema.server, of: "the server")
    if let server {
      reader.findings.error(
        "duplicate-server", "'server' was called already, on line \(server.position.line)", at: draft.mark,
        fix: "write all options in one table")
      return
    }
    server = draft.mark
    configuration.owner = options.text("owner")
    if let listen = options.text("listen").flatMap(ListenAddress.init(text:)) { configuration.listen = listen }
    if let limits = options.table("limits") { setLimits(limits) }
    if let tls = options.table("tls") { setTLS(tls) }
  }

  private mutating func setTLS(_ options: CheckedOptions) {
    var tls = ServerConfiguration.TLS()
    if let listen = options.text("listen").flatMap(ListenAddress.init(text:)) { tls.listen = listen }
    let (certificate, key) = (options.given["certificate"], options.given["key"])
    if let path = options.text("certificate"), let keyPath = options.text("key") {
      tls.files = .init(certificate: path, key: keyPath)
    } else if let lonely = certificate ?? key, (certificate == nil) != (key == nil) {
      reader.findings.error(
        "tls-half", "a certificate and its key belong together, and one of them is missing", at: lonely,
        fix: "give both, or none to show what 'apolune server tls init' has made")
    }
    configuration.tls = tls
  }

  private mutating func setLimits(_ options: CheckedOptions) {
    var limits = ServerConfiguration.Limits()
    limits.bundle = options.size("bundle") ?? limits.bundle
    // A file is part of a bundle: without a limit of its own it has that of the bundle.
    limits.file = options.size("file") ?? min(limits.file, limits.bundle)
    limits.runnersPerApp = options.integer("runners_per_app") ?? limits.runnersPerApp
    if limits.file > limits.bundle {
      reader.findings.warning(
        "limit-without-effect", "a file may have \(limits.file), but a whole bundle only \(limits.bundle)",
        at: options["file"]?.mark, fix: "lower 'file', or raise 'bundle'")
    }
    configuration.limits = limits
  }

  // MARK: Nodes and machine types

  mutating func add(_ machine: DraftMachine) {
    machines.add(machine, &reader)
    configuration.machines = Array(machines.catalogue.dropFirst(MachineType.builtIn.count))
  }

  mutating func add(_ draft: DraftNode) {
    let name = DraftValue(.text(draft.name), at: draft.nameMark)
    _ = reader.check(name, as: .text(.label), name: "node")
    let options = reader.read(draft.options, as: Schema.node, of: "a node")
    if let node {
      reader.findings.error(
        "second-node", "there is a node already, on line \(node.position.line), and runners live on the server's machine only",
        at: draft.nameMark, fix: "leave one of them out")
      return
    }
    node = draft.nameMark
    var node = NodeConfiguration(name: draft.name)
    node.cpu = options.number("cpu")
    node.memory = options.size("memory")
    for (key, value) in options.map("labels") ?? [] { node.labels[key] = value.text }
    if let overcommit = options.table("overcommit") {
      node.overcommit.cpu = overcommit.number("cpu") ?? node.overcommit.cpu
      node.overcommit.memory = overcommit.number("memory") ?? node.overcommit.memory
    }
    node.gpus = options.list("gpus").map { gpus($0) }
    configuration.nodes.append(node)
  }

  /// One for each GPU. Those without an id are numbered as the driver does, over all of the node.
  private mutating func gpus(_ kinds: [Checked]) -> [NodeConfiguration.GPU] {
    var gpus: [NodeConfiguration.GPU] = []
    for kind in kinds {
      guard case .table(let options) = kind.value, let model = options.text("model"), let memory = options.size("memory") else {
        continue
      }
      let ids = ids(options, after: gpus.count)
      for id in ids {
        if gpus.contains(where: { $0.id == id }) {
          reader.findings.error(
            "duplicate-gpu", "two GPUs have the id \(DraftValue.quoted(id))", at: options["ids"]?.mark ?? options.mark,
            fix: "give each GPU an id of its own; those without one are numbered from 0")
        }
        gpus.append(NodeConfiguration.GPU(id: id, model: model, memory: memory))
      }
    }
    return gpus
  }

  private mutating func ids(_ options: CheckedOptions, after first: Int) -> [String] {
    let count = options.integer("count")
    guard let given = options.texts("ids") else { return (first..<first + (count ?? 1)).map(String.init) }
    if let count, count != given.count {
      reader.findings.error(
        "gpu-ids", "\(count.of("GPU")) and \(given.count.of("id")): each GPU has one", at: options["ids"]?.mark,
        fix: "leave 'count' out, and give an id for each")
    }
    return given
  }
}
