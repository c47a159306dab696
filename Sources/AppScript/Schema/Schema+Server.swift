import AppModel

// The operator's own file: `server { … }` and `node "name" { … }`.
extension Schema {
  private static let standard = ServerConfiguration()

  /// Options of `server { … }`.
  public static let server: [OptionSpec] = [
    OptionSpec("owner", .text(.owner), otherNames: ["user"], "Whose server it is; without it, the current user's."),
    OptionSpec(
      "listen", .text(.address), default: "\"\(standard.listen)\"", otherNames: ["address", "bind", "host", "port"],
      "Where to take connections."),
    OptionSpec("limits", .table(limits), otherNames: ["limit"], "What one deploy, and one app, may be at most."),
    OptionSpec(
      "tls", .table(tls), otherNames: ["ssl", "https"], "Takes HTTPS too; without it, plain HTTP alone."),
  ]

  static let limits: [OptionSpec] = [
    OptionSpec(
      "bundle", .size(.megabytes(1)...standard.limits.bundle), default: "\"\(standard.limits.bundle.text)\"",
      otherNames: ["bundle_size"], "All files of a deploy together."),
    OptionSpec(
      "file", .size(.megabytes(1)...standard.limits.file), default: "\"\(standard.limits.file.text)\"",
      otherNames: ["file_size"], "One file of a deploy."),
    OptionSpec(
      "runners_per_app", .integer(1...standard.limits.runnersPerApp), default: "\(standard.limits.runnersPerApp)",
      otherNames: ["max_runners", "runners"], "Runners of one app, whatever its `max_concurrency` says."),
  ]

  static let tls: [OptionSpec] = [
    OptionSpec(
      "listen", .text(.address), default: "\"\(ServerConfiguration.TLS().listen)\"", otherNames: ["address", "bind", "port"],
      "Where to take TLS connections."),
    OptionSpec(
      "certificate", .text(.any), default: "what `apolune server tls init` has made", otherNames: ["cert", "chain"],
      "File of the certificate and its chain, in PEM."),
    OptionSpec(
      "key", .text(.any), default: "what `apolune server tls init` has made", otherNames: ["private_key"],
      "File of the private key, in PEM."),
  ]

  /// Options of `node "name" { … }`.
  public static let node: [OptionSpec] = [
    OptionSpec(
      "cpu", .number(0.1...4096), default: "those of the machine", otherNames: ["cpus", "cores"], "CPU cores for runners."),
    OptionSpec(
      "memory", .size(.megabytes(16) ... .gigabytes(65_536)), default: "that of the machine", otherNames: ["ram", "mem"],
      "Memory for runners."),
    OptionSpec(
      "labels", .map(key: .label, value: .text(.any), countMax: 64), default: "{}", otherNames: ["label", "tags"],
      "What the machine is called by: its region, say."),
    OptionSpec("overcommit", .table(overcommit), "How many times what is there runners may hold together."),
    OptionSpec(
      "gpus", .list(.table(nodeGPU), count: 0...64), default: "those that the driver names", otherNames: ["gpu"],
      "The GPUs for runners; an empty list keeps runners from any."),
  ]

  static let overcommit: [OptionSpec] = [
    OptionSpec(
      "cpu", .number(0.1...1000), default: NodeConfiguration.Overcommit().cpu.plain, otherNames: ["cpus", "cores"],
      "Times the CPU cores: a runner's share is an upper bound that few use for long."),
    OptionSpec(
      "memory", .number(0.1...10), default: NodeConfiguration.Overcommit().memory.plain, otherNames: ["ram", "mem"],
      "Times the memory: what is promised twice ends runners when it is wanted."),
  ]

  static let nodeGPU: [OptionSpec] =
    gpu + [
      OptionSpec("count", .integer(1...64), default: "1", otherNames: ["num", "num_gpus"], "GPUs of this kind."),
      OptionSpec(
        "ids", .list(.text(.any), count: 1...64), default: "\"0\", \"1\", … over all GPUs",
        otherNames: ["id", "uuids", "devices"],
        "What `CUDA_VISIBLE_DEVICES` names them by, one for each."),
    ]
}
