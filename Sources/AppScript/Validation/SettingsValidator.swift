public import AppModel

/// Checks a change of settings by the same limits that scripts are held to.
public struct SettingsValidator: Sendable {
  /// Machine types that exist.
  public var catalogue: [MachineType]

  /// Runners of one app that the operator allows.
  public var runnersMax: Int

  public init(catalogue: [MachineType] = MachineType.builtIn, runnersMax: Int = .max) {
    self.catalogue = catalogue
    self.runnersMax = runnersMax
  }

  /// What is wrong with `change`, made to `current`; every problem names its option. Empty where nothing is.
  public func problems(of change: SettingsChange, to current: AppDefinition) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    check("min_concurrency", change.minConcurrency, &problems)
    check("max_concurrency", change.maxConcurrency, &problems)
    check("concurrency_buffer", change.concurrencyBuffer, &problems)
    check("concurrency_buffer_perc", change.concurrencyBufferPercentage, &problems)
    check("max_multiplexing", change.maxMultiplexing, &problems)
    check("scaling_delay", change.scalingDelay, &problems)
    check("keep_alive", change.keepAlive, &problems)
    check("request_timeout", change.requestTimeout, &problems)
    // Zero clears it.
    if change.requestStartTimeout?.wrappedValue != .zero {
      check("request_start_timeout", change.requestStartTimeout, &problems)
    }
    check("startup_timeout", change.startupTimeout, &problems)
    for region in change.regions ?? [] {
      if let problem = TextRule.name.problem(with: region, name: "regions") { problems.append(problem) }
    }
    if let runners = change.maxConcurrency, runners > runnersMax, problems.isEmpty {
      problems.append(
        Diagnostic(
          .error, "out-of-range", "max_concurrency cannot be \(runners) here",
          fix: "this server allows \(runnersMax.of("runner")) of one app"))
    }
    let after = change.applied(to: current).scaling
    if problems.isEmpty, change.minConcurrency != nil || change.maxConcurrency != nil,
      after.minConcurrency > after.maxConcurrency
    {
      problems.append(
        Diagnostic(
          .error, "min-above-max",
          "min_concurrency would be \(after.minConcurrency), but max_concurrency \(after.maxConcurrency)",
          fix: "change both"))
    }
    return problems
  }

  /// The machines of types named in order of preference, or what is wrong with the names. `gpuCount` counts for the types
  /// that have GPUs.
  public func machines(_ names: [String], gpuCount: Int?) -> (machines: [Machine], problems: [Diagnostic]) {
    var machines: [Machine] = []
    var problems: [Diagnostic] = []
    check("num_gpus", gpuCount, &problems)
    if names.isEmpty || names.count > Self.typesMax {
      problems.append(
        Diagnostic(.error, "out-of-range", "machine_type cannot have \(names.count) names", fix: "give 1 to \(Self.typesMax)"))
    }
    for name in names.prefix(Self.typesMax) {
      guard let type = catalogue.first(where: { $0.name == name }) else {
        problems.append(unknown(name))
        continue
      }
      guard gpuCount == nil || type.gpu != nil else {
        problems.append(
          Diagnostic(
            .error, "gpus-on-cpu-type", "num_gpus is \(gpuCount ?? 0), but the machine type '\(name)' has no GPU",
            fix: "types with a GPU are \(catalogue.filter { $0.gpu != nil }.map(\.name).joined(separator: ", "))"))
        continue
      }
      machines.append(Machine(type, gpuCount: gpuCount ?? 1))
    }
    return (problems.isEmpty ? machines : [], problems)
  }

  /// Fallbacks of one app.
  private static let typesMax = 16

  private func unknown(_ name: String) -> Diagnostic {
    let names = catalogue.map(\.name)
    let list = "there are \(names.joined(separator: ", "))"
    return Diagnostic(
      .error, "unknown-machine-type", "there is no machine type \(DraftValue.quoted(name))",
      fix: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'? \(list)" } ?? list)
  }

  private func check(_ name: String, _ value: Int?, _ problems: inout [Diagnostic]) {
    guard let value, let kind = Self.kind(name), case .integer(let range) = kind, !range.contains(value) else { return }
    problems.append(Self.outOfRange(name, "\(value)", kind))
  }

  private func check(_ name: String, _ value: InSeconds?, _ problems: inout [Diagnostic]) {
    guard let value = value?.wrappedValue, let kind = Self.kind(name), case .duration(let range) = kind,
      !range.contains(value)
    else { return }
    problems.append(Self.outOfRange(name, value < .zero ? "\(value.inSeconds.plain) s" : value.text, kind))
  }

  private static func kind(_ name: String) -> OptionKind? { Schema.app.first { $0.name == name }?.kind }

  private static func outOfRange(_ name: String, _ value: String, _ kind: OptionKind) -> Diagnostic {
    Diagnostic(
      .error, "out-of-range", "\(name) cannot be \(value)", fix: kind.range.map { "it can be \($0)" })
  }
}
