import AppModel

extension Schema {
  private static let day: Duration = .seconds(86_400)

  static let rollouts = OptionGroup(
    "Rollout",
    [
      OptionSpec("rollout", .table(rollout), "Steps and time limits of a rolling deploy."),
      OptionSpec(
        "analyse", .table(analysis), otherNames: ["analyze", "analysis"],
        "Judges the new revision's figures between the steps of a rollout."),
    ])

  public static let rollout: [OptionSpec] = [
    OptionSpec(
      "steps", .list(.step, count: 1...100),
      "Runners (`\"1\"`) or share of requests (`\"10%\"`) of the new revision, step by step."),
    OptionSpec("pause", .duration(.zero...day), default: quoted(RolloutPlan().pause), "Time between two steps."),
    OptionSpec(
      "bake", .duration(.zero...day), default: quoted(RolloutPlan().bake),
      "How long the old runners are kept warm after the promotion."),
    OptionSpec(
      "order", .choice(RolloutPlan.Order.allCases.map(\.rawValue)), default: "\"\(RolloutPlan().order.rawValue)\"",
      "Start a new runner first, or drain an old one first where no capacity is free."),
    OptionSpec(
      "affinity_header", .text(.header), otherNames: ["affinity", "sticky"],
      "Requests with the same value of this header stay with one revision."),
    OptionSpec(
      "hook_timeout", .duration(.milliseconds(100) ... .seconds(3600)), default: quoted(RolloutPlan().hookTimeout),
      "How long one call of a hook may take."),
    OptionSpec(
      "before_deploy_timeout", .duration(.milliseconds(100)...day), default: quoted(RolloutPlan().beforeDeployTimeout),
      "How long `before_deploy` may take."),
    OptionSpec(
      "progress_deadline", .duration(.seconds(1)...day), default: quoted(RolloutPlan().progressDeadline),
      "Time without progress after which the rollout aborts."),
    OptionSpec(
      "max_wait", .duration(.seconds(1) ... .seconds(30 * 86_400)), default: quoted(RolloutPlan().waitMax),
      "The longest that one gate may wait."),
    OptionSpec(
      "on_error", .choice(RolloutPlan.ErrorAction.allCases.map(\.rawValue)),
      "What follows too many errors of a hook; without it gates pause and other hooks go on."),
  ]

  public static let analysis: [OptionSpec] = [
    OptionSpec(
      "every", .duration(.seconds(1)...day), default: quoted(Analysis().every), otherNames: ["interval"],
      "Time between two measurements."),
    OptionSpec("count", .integer(1...10_000), "Measurements to take."),
    OptionSpec(
      "initial_delay", .duration(.zero...day), default: quoted(Analysis().initialDelay), "Time before the first measurement."),
    OptionSpec("success", .function(parameters: "m"), "Whether the figures `m` are good."),
    OptionSpec("failure", .function(parameters: "m"), "Whether the figures `m` are bad."),
    OptionSpec(
      "failure_limit", .integer(0...10_000), default: "\(Analysis().failureLimit)", "Failures that are borne; one more aborts."),
    OptionSpec("consecutive_success", .integer(1...10_000), "Successes in a row that end the analysis early."),
    OptionSpec(
      "inconclusive_limit", .integer(0...10_000), default: "\(Analysis().inconclusiveLimit)",
      "Inconclusive measurements that are borne; one more pauses."),
    OptionSpec(
      "error_limit", .integer(0...100), default: "\(Analysis().errorLimit)", "Errors in a row that are borne."),
    OptionSpec(
      "min_samples", .integer(0...1_000_000), default: "\(Analysis().samplesMin)", "Requests that a measurement needs."),
    OptionSpec("dry_run", .boolean, default: "\(Analysis().dryRun)", "Measure and report, but neither abort nor pause."),
  ]

  /// Options of `machine "name" { … }`.
  public static let machineType: [OptionSpec] = [
    OptionSpec("cpu", .number(0.1...1024), required: true, otherNames: ["cpus", "cores"], "CPU cores."),
    OptionSpec(
      "memory", .size(.megabytes(16) ... .gigabytes(32_768)), required: true, otherNames: ["ram", "mem"], "Memory."),
    OptionSpec("gpu", .table(gpu), "The GPU that one unit has."),
    OptionSpec("price", .number(0...1_000_000), otherNames: ["price_per_hour", "cost"], "Price of one unit per hour."),
  ]

  static let gpu: [OptionSpec] = [
    OptionSpec("model", .text(.any), required: true, otherNames: ["name", "type"], "Name of the model: `\"RTX 4090\"`."),
    OptionSpec(
      "memory", .size(.megabytes(256) ... .gigabytes(4096)), required: true, otherNames: ["vram", "ram"], "Memory of one GPU."),
  ]
}
