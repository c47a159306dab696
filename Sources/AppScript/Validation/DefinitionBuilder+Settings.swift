import AppModel

extension DefinitionBuilder {
  mutating func setScaling(_ scaling: inout Scaling, _ options: CheckedOptions) {
    scaling.minConcurrency = options.integer("min_concurrency") ?? scaling.minConcurrency
    scaling.maxConcurrency = options.integer("max_concurrency") ?? scaling.maxConcurrency
    scaling.concurrencyBuffer = options.integer("concurrency_buffer") ?? scaling.concurrencyBuffer
    scaling.concurrencyBufferPercentage = options.integer("concurrency_buffer_perc") ?? scaling.concurrencyBufferPercentage
    scaling.scalingDelay = options.duration("scaling_delay") ?? scaling.scalingDelay
    scaling.maxMultiplexing = options.integer("max_multiplexing") ?? scaling.maxMultiplexing
    scaling.keepAlive = options.duration("keep_alive") ?? scaling.keepAlive
    if let mark = options["min_concurrency"]?.mark, scaling.minConcurrency > scaling.maxConcurrency {
      reader.findings.warning(
        "min-above-max", "min_concurrency is \(scaling.minConcurrency), but max_concurrency is \(scaling.maxConcurrency)",
        at: mark, fix: "the app will never have more than \(scaling.maxConcurrency.of("runner")); set max_concurrency too")
    }
    if let mark = options["concurrency_buffer"]?.mark, scaling.concurrencyBuffer > scaling.maxConcurrency {
      reader.findings.warning(
        "buffer-above-max",
        "concurrency_buffer is \(scaling.concurrencyBuffer), but max_concurrency is \(scaling.maxConcurrency)", at: mark,
        fix: "the app will never have more than \(scaling.maxConcurrency.of("runner")); set max_concurrency too")
    }
    let isHeld = scaling.minConcurrency > 0 || scaling.concurrencyBuffer > 0
    if let mark = options["keep_alive"]?.mark, scaling.keepAlive == .zero, !isHeld {
      reader.findings.warning(
        "no-keep-alive", "with keep_alive = 0 and no runner held, each pause between requests costs a cold start", at: mark,
        fix: "set keep_alive = \"10s\", or min_concurrency = 1")
    }
  }

  mutating func setTimeouts(_ timeouts: inout Timeouts, _ options: CheckedOptions) {
    timeouts.request = options.duration("request_timeout") ?? timeouts.request
    timeouts.requestStart = options.duration("request_start_timeout").map { InSeconds(wrappedValue: $0) }
    timeouts.startup = options.duration("startup_timeout") ?? timeouts.startup
    timeouts.terminationGrace = options.duration("termination_grace_period") ?? timeouts.terminationGrace
  }

  mutating func setRetry(_ retry: inout RetryPolicy, _ options: CheckedOptions) {
    let config = options.table("retry_config")
    for condition in RetryCondition.allCases {
      if let retries = config?.integer(condition.rawValue) { retry.retries[condition.rawValue] = retries }
    }
    for skipped in options.list("skip_retry_conditions") ?? [] {
      guard let name = skipped.text else { continue }
      if let retries = retry.retries[name], retries > 0 {
        reader.findings.warning(
          "retry-conflict",
          "'\(name)' is skipped here, but retry_config gives it \(retries == 1 ? "1 retry" : "\(retries) retries")",
          at: skipped.mark,
          fix: "it is never tried again; leave it out of one of the two")
      }
      retry.retries[name] = 0
    }
  }

  mutating func setEnvironment(_ definition: inout AppDefinition, _ options: CheckedOptions) {
    for (key, value) in options.map("env") ?? [] {
      if let text = value.text { definition.env[key] = text }
    }
    definition.secrets = options.texts("secrets")
    definition.files = options.texts("files") ?? []
    definition.filesIgnored = options.texts("files_ignore") ?? []
    definition.dataMounts = options.texts("data_mounts") ?? definition.dataMounts
    for secret in options.list("secrets") ?? [] {
      guard let name = secret.text, definition.env[name] != nil else { continue }
      reader.findings.warning(
        "secret-and-env", "'\(name)' is a secret and a variable of 'env' too", at: secret.mark,
        fix: "a value in the script is no secret; leave it out of one of the two")
    }
  }

  /// A Lua app's path is one of its endpoints, or `/health`, which every runner answers.
  mutating func setHealth(_ definition: inout AppDefinition, _ options: CheckedOptions, _ endpoints: [Endpoint]) {
    guard let table = options.table("health"), let path = table.text("path") else { return }
    var health = HealthCheck(path: path)
    if case .endpoints = definition.program {
      let isEndpoint = endpoints.contains { $0.path == path }
      health.method = isEndpoint ? .post : .get
      if !isEndpoint, path != "/health", isComplete {
        let near = Suggestion.nearest(to: path, among: endpoints.lazy.map(\.path))
        reader.findings.error(
          "health-without-endpoint", "the health check asks \(DraftValue.quoted(path)), which is no endpoint",
          at: table["path"]?.mark, fix: Suggestion.fix(near) ?? "ask \"/health\", and define function app.health(ctx)")
      }
    }
    health.method = table.text("method").flatMap(HealthCheck.Method.init(rawValue:)) ?? health.method
    health.startPeriod = table.duration("start_period") ?? health.startPeriod
    health.timeout = table.duration("timeout") ?? health.timeout
    health.failureThreshold = table.integer("failure_threshold") ?? health.failureThreshold
    health.callRegularly = table.boolean("call_regularly") ?? health.callRegularly
    definition.health = health
  }
}
