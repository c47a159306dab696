import AppModel

extension Schema {
  static let program = OptionGroup(
    "Program",
    [
      OptionSpec(
        "command", .list(.text(.any), count: 1...256), applies: .command, otherNames: ["cmd", "entrypoint"],
        "Program and arguments of an HTTP server that listens on `$PORT`; instead of endpoints."),
      OptionSpec(
        "health", .table(health), otherNames: ["health_check", "healthcheck"],
        "How a runner is asked whether it is well."),
      OptionSpec("owner", .text(.owner), otherNames: ["user", "team"], "Whose app it is; without it, the current user's."),
      OptionSpec("version", .text(.any), default: "\"unknown\"", "Shown by `GET /health`."),
    ])

  static let health: [OptionSpec] = [
    OptionSpec("path", .text(.urlPath), required: true, otherNames: ["endpoint", "url"], "The path to ask."),
    OptionSpec(
      "method", .choice(HealthCheck.Method.allCases.map(\.rawValue)), default: "\"GET\"; \"POST\" for an endpoint in Lua",
      "The method to ask with."),
    OptionSpec(
      "start_period", .duration(.zero ... .seconds(3600)), default: quoted(HealthCheck(path: "").startPeriod),
      otherNames: ["start_period_seconds"], "Failures in this time after the start do not count."),
    OptionSpec(
      "timeout", .duration(.milliseconds(100) ... .seconds(300)), default: quoted(HealthCheck(path: "").timeout),
      otherNames: ["timeout_seconds"], "How long one answer may take."),
    OptionSpec(
      "failure_threshold", .integer(1...100), default: "\(HealthCheck(path: "").failureThreshold)",
      "Failures in a row after which the runner is replaced."),
    OptionSpec(
      "call_regularly", .boolean, default: "\(HealthCheck(path: "").callRegularly)",
      "Whether to go on asking after the runner is ready."),
  ]

  static let machine = OptionGroup(
    "Machine",
    [
      OptionSpec(
        "machine_type", .oneOrList(.text(.machineType), count: 1...16), default: "\"\(MachineType.defaultName)\"",
        otherNames: ["machine_types", "machine", "instance_type"], "What a runner gets; in a list, the first with room wins."),
      OptionSpec(
        "num_gpus", .integer(1...64), default: "1 on GPU types", otherNames: ["gpus", "gpu_count", "gpu"],
        "GPUs of one runner; CPU and memory grow in proportion."),
      OptionSpec(
        "cpu", .number(0.1...1024), otherNames: ["cpus", "cores"], "CPU cores of one runner, instead of its machine type's."),
      OptionSpec(
        "memory", .size(.megabytes(16) ... .gigabytes(32_768)), otherNames: ["ram", "mem"],
        "Memory of one runner, instead of its machine type's."),
      OptionSpec("regions", .list(.text(.name), count: 1...32), otherNames: ["region"], "Where runners may be placed."),
    ])

  static let access = OptionGroup(
    "Access and deployment",
    [
      OptionSpec(
        "auth", .choice(Auth.allCases.map(\.rawValue)), default: "\"private\"", otherNames: ["app_auth"],
        "Who may call: the owner's keys, any user's key, or anyone; `run` makes it public unless the script says otherwise."),
      OptionSpec(
        "strategy", .choice(Strategy.allCases.map(\.rawValue)), default: "\"\(Strategy.recreate.rawValue)\"",
        otherNames: ["deployment_strategy"], "How a deploy moves traffic to the new revision."),
    ])

  static let environment = OptionGroup(
    "Environment",
    [
      OptionSpec(
        "env", .map(key: .variable, value: .text(.variableValue), countMax: 256), default: "{}", otherNames: ["environment"],
        "Environment variables."),
      OptionSpec(
        "secrets", .list(.text(.variable), count: 0...256), "Secrets that runners may read; without it, all exposed ones."),
      OptionSpec(
        "files", .list(.text(.bundlePattern), count: 0...256), default: "{}", otherNames: ["app_files"],
        "Patterns of files beside the script that travel with it."),
      OptionSpec(
        "files_ignore", .list(.text(.ignorePattern), count: 0...256), default: "{}", otherNames: ["app_files_ignore"],
        "Patterns of files that stay behind."),
      OptionSpec(
        "data_mounts", .list(.text(.mount), count: 0...16), default: "{ \"/data\" }", otherNames: ["volumes", "mounts"],
        "Persistent folders that runners see."),
    ])

  static func quoted(_ duration: Duration) -> String { "\"\(duration.text)\"" }
}
