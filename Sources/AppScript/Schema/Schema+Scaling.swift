import AppModel

extension Schema {
  private static let runnersMax = 10_000

  static let scaling = OptionGroup(
    "Scaling",
    [
      OptionSpec(
        "keep_alive", .duration(.zero ... .seconds(30 * 86_400)), default: quoted(Scaling().keepAlive),
        "Idle time after which a runner that is not needed stops."),
      OptionSpec(
        "min_concurrency", .integer(0...runnersMax), default: "\(Scaling().minConcurrency)",
        otherNames: ["min_runners", "min_replicas", "min"], "Runners that are always alive."),
      OptionSpec(
        "max_concurrency", .integer(1...runnersMax), default: "\(Scaling().maxConcurrency)",
        otherNames: ["max_runners", "max_replicas", "max"], "The most runners at any time."),
      OptionSpec(
        "concurrency_buffer", .integer(0...runnersMax), default: "\(Scaling().concurrencyBuffer)",
        "Spare runners above demand."),
      OptionSpec(
        "concurrency_buffer_perc", .integer(0...1000), default: "\(Scaling().concurrencyBufferPercentage)",
        otherNames: ["concurrency_buffer_percent"], "Spare runners as a percentage of the request volume."),
      OptionSpec(
        "scaling_delay", .duration(.zero ... .seconds(3600)), default: quoted(Scaling().scalingDelay),
        "How long a request must have waited before a runner is added for it."),
      OptionSpec(
        "max_multiplexing", .integer(1...1000), default: "\(Scaling().maxMultiplexing)", otherNames: ["concurrent_requests"],
        "Requests that one runner serves at the same time."),
    ])

  static let timeouts = OptionGroup(
    "Time-outs",
    [
      OptionSpec(
        "request_timeout", .duration(.milliseconds(10) ... .seconds(86_400)), default: quoted(Timeouts().request),
        otherNames: ["timeout"], "A request that takes longer is aborted and its runner replaced."),
      OptionSpec(
        "request_start_timeout", .duration(.milliseconds(10) ... .seconds(86_400)),
        otherNames: ["start_timeout"], "How long a request may wait for a runner."),
      OptionSpec(
        "startup_timeout", .duration(.milliseconds(10) ... .seconds(86_400)), default: quoted(Timeouts().startup),
        otherNames: ["setup_timeout"], "From the start of a runner to ready."),
      OptionSpec(
        "termination_grace_period", .duration(.zero ... .seconds(3600)), default: quoted(Timeouts().terminationGrace),
        otherNames: ["termination_grace_period_seconds", "grace_period"], "From SIGTERM to SIGKILL."),
    ])

  static let retries = OptionGroup(
    "Retries of queued requests",
    [
      OptionSpec(
        "skip_retry_conditions", .list(.choice(RetryCondition.allCases.map(\.rawValue)), count: 0...3), default: "{}",
        "Conditions that are not tried again."),
      OptionSpec(
        "retry_config",
        .table(
          RetryCondition.allCases.map {
            OptionSpec(
              $0.rawValue, .retries(0...10), default: "\(RetryPolicy.retriesDefault)", "Retries after a \($0.phrase).")
          }),
        otherNames: ["retries", "retry"], "How often each condition is tried again."),
    ])
}

extension RetryCondition {
  /// In words.
  var phrase: String {
    switch self {
    case .timeout: "time-out"
    case .serverError: "server error"
    case .connectionError: "lost connection"
    }
  }
}
