public import AppModel

/// Shows a validated definition to a person, with every default written out: what `apolune check` prints.
public enum DefinitionSummary {
  /// Lines of `label value`; `script` names the file in the places of endpoints.
  public static func render(_ definition: AppDefinition, script: String) -> String {
    var rows: [(String, String)] = []
    rows += program(definition, script)
    rows += machines(definition)
    rows.append(("auth", auth(definition.auth)))
    rows.append(("strategy", strategy(definition)))
    rows.append(("scaling", scaling(definition.scaling)))
    rows.append(("time-outs", timeouts(definition.timeouts)))
    if !definition.retry.retries.isEmpty { rows.append(("retries", retries(definition.retry))) }
    if let health = definition.health { rows.append(("health", Self.health(health))) }
    rows += environment(definition)
    if let analysis = definition.analysis { rows.append(("analysis", Self.analysis(analysis))) }
    if !definition.hooks.isEmpty { rows.append(("hooks", definition.hooks.joined(separator: ", "))) }
    return heading(definition) + rows.map { "  \($0.0.padded(to: 10)) \($0.1)\n" }.joined()
  }

  private static func heading(_ definition: AppDefinition) -> String {
    let name = definition.owner.map { "\($0)/\(definition.name)" } ?? definition.name
    return name + (definition.summary.map { ": \(Printable.line($0))" } ?? "") + "\n"
  }

  private static func program(_ definition: AppDefinition, _ script: String) -> [(String, String)] {
    switch definition.program {
    case .command(let words):
      return [("command", Printable.line(words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }.joined(separator: " ")))]
    case .endpoints(let endpoints):
      let width = endpoints.map(\.path.count).max() ?? 0
      return endpoints.enumerated().map { index, endpoint in
        let kind = endpoint.realtime != nil ? "  realtime" : endpoint.stream ? "  streams events" : ""
        return (index == 0 ? "endpoints" : "", "\(endpoint.path.padded(to: width))  \(script):\(endpoint.line)\(kind)")
      }
    }
  }

  private static func machines(_ definition: AppDefinition) -> [(String, String)] {
    definition.machines.enumerated().map { index, machine in
      var text = "\(machine.type): \(machine.cpu.plain) CPU, \(machine.memory)"
      if let gpu = machine.gpu { text += ", \(machine.gpuCount) x \(Printable.line(gpu.model)) with \(gpu.memory)" }
      return (index == 0 ? "machine" : "  or else", text)
    }
  }

  private static func auth(_ auth: Auth?) -> String {
    switch auth {
    case .private: "private: the owner's keys"
    case .shared: "shared: any user's key, the caller pays"
    case .public: "public: anyone, the owner pays"
    case nil: "private when deployed, public when run"
    }
  }

  private static func strategy(_ definition: AppDefinition) -> String {
    switch definition.strategy {
    case .recreate: return "recreate: a deploy switches at once"
    case .rolling:
      let plan = definition.rollout
      guard !plan.steps.isEmpty else { return "rolling: a deploy switches when a new runner is ready" }
      let steps = plan.steps.map { step in
        switch step {
        case .runners(let count): count.of("runner")
        case .percent(let share): "\(share.plain)%"
        }
      }
      let bake = plan.bake == .zero ? "" : ", then baked for \(plan.bake.text)"
      return "rolling: \(steps.joined(separator: ", ")), \(plan.pause.text) apart\(bake)"
    }
  }

  private static func scaling(_ scaling: Scaling) -> String {
    var text = "\(scaling.minConcurrency) to \(scaling.maxConcurrency.of("runner"))"
    text += ", \(scaling.maxMultiplexing.of("request")) at once each, idle for \(scaling.keepAlive.text)"
    if scaling.concurrencyBuffer > 0 { text += ", \(scaling.concurrencyBuffer) spare" }
    if scaling.concurrencyBufferPercentage > 0 { text += ", \(scaling.concurrencyBufferPercentage)% spare" }
    if scaling.scalingDelay > .zero { text += ", another one after \(scaling.scalingDelay.text) of waiting" }
    return text
  }

  private static func timeouts(_ timeouts: Timeouts) -> String {
    let wait = timeouts.requestStart.map { ", waiting \($0.wrappedValue.text)" } ?? ""
    return "request \(timeouts.request.text)\(wait), start \(timeouts.startup.text), stop \(timeouts.terminationGrace.text)"
  }

  private static func retries(_ retry: RetryPolicy) -> String {
    RetryCondition.allCases.map { "\(retry.retries(for: $0)) after a \($0.phrase)" }.joined(separator: ", ")
  }

  private static func health(_ health: HealthCheck) -> String {
    let often = health.callRegularly ? "" : ", until ready only"
    return "\(health.method.rawValue) \(health.path), \(health.timeout.text) each, \(health.failureThreshold) failures\(often)"
  }

  private static func environment(_ definition: AppDefinition) -> [(String, String)] {
    var rows: [(String, String)] = []
    func add(_ label: String, _ values: [String]) {
      if !values.isEmpty { rows.append((label, Printable.line(values.joined(separator: ", ")))) }
    }
    add("version", definition.version.map { [$0] } ?? [])
    add("regions", definition.regions)
    add("env", definition.env.keys.sorted())
    if let secrets = definition.secrets { add("secrets", secrets.isEmpty ? ["none"] : secrets) }
    add("files", definition.files)
    add("ignored", definition.filesIgnored)
    add("data", definition.dataMounts)
    return rows
  }

  private static func analysis(_ analysis: Analysis) -> String {
    let count = analysis.count.map { "\($0) times, " } ?? ""
    let dry = analysis.dryRun ? ", as a dry run" : ""
    return "\(count)every \(analysis.every.text), \(analysis.failureLimit.of("failure")) allowed\(dry)"
  }
}

extension String {
  func padded(to width: Int) -> String {
    let missing = width - Printable.width(self)
    return missing > 0 ? self + String(repeating: " ", count: missing) : self
  }
}
