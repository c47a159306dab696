import AppModel
import ControlAPI

/// Compares what an app has with what it would have.
enum SettingsComparison {
  /// An app's settings, by the names that scripts use.
  struct Settings: Sendable, Hashable {
    var definition: AppDefinition
    var auth: Auth
  }

  /// The settings that differ, in the order of the reference page.
  ///
  /// - Parameters:
  ///   - before: what is in force; nil: there is no app yet.
  ///   - after: what would be in force.
  ///   - code: what the script says; a setting that was inherited in its stead is listed even where nothing changes.
  static func differences(before: Settings?, after: Settings, code: AppDefinition) -> [SettingDifference] {
    let said = Settings(definition: code, auth: after.auth)
    return settings.compactMap { name, text in
      let (old, new, written) = (before.flatMap(text), text(after), text(said))
      // Without a before, all that there is would be new: no news.
      guard before != nil, old != new || written != new else { return nil }
      return SettingDifference(name: name, before: old, after: new, code: written == new ? nil : written)
    }
  }

  /// The names among `differences` whose value was kept although the script says otherwise.
  static func inherited(_ differences: [SettingDifference]) -> [String] {
    differences.filter { $0.code != nil }.map(\.name)
  }

  private static let settings: [(name: String, text: @Sendable (Settings) -> String?)] = [
    ("command", { if case .command(let words) = $0.definition.program { words.joined(separator: " ") } else { nil } }),
    ("version", { $0.definition.version }),
    ("machine_type", { $0.definition.machines.map(\.type).joined(separator: ", ") }),
    ("num_gpus", { count($0.definition.machines.first?.gpuCount ?? 0) }),
    ("cpu", { $0.definition.machines.first.map { number($0.cpu) } }),
    ("memory", { $0.definition.machines.first?.memory.text }),
    ("regions", { $0.definition.regions.isEmpty ? nil : $0.definition.regions.joined(separator: ", ") }),
    ("auth", { $0.auth.rawValue }),
    ("strategy", { $0.definition.strategy.rawValue }),
    ("keep_alive", { $0.definition.scaling.keepAlive.text }),
    ("min_concurrency", { "\($0.definition.scaling.minConcurrency)" }),
    ("max_concurrency", { "\($0.definition.scaling.maxConcurrency)" }),
    ("concurrency_buffer", { "\($0.definition.scaling.concurrencyBuffer)" }),
    ("concurrency_buffer_perc", { "\($0.definition.scaling.concurrencyBufferPercentage)" }),
    ("scaling_delay", { $0.definition.scaling.scalingDelay.text }),
    ("max_multiplexing", { "\($0.definition.scaling.maxMultiplexing)" }),
    ("request_timeout", { $0.definition.timeouts.request.text }),
    ("request_start_timeout", { $0.definition.timeouts.requestStart?.wrappedValue.text }),
    ("startup_timeout", { $0.definition.timeouts.startup.text }),
    ("termination_grace_period", { $0.definition.timeouts.terminationGrace.text }),
    ("env", { $0.definition.env.isEmpty ? nil : $0.definition.env.keys.sorted().joined(separator: ", ") }),
    ("secrets", { $0.definition.secrets?.joined(separator: ", ") }),
    ("data_mounts", { $0.definition.dataMounts.joined(separator: ", ") }),
    ("health", { $0.definition.health.map { "\($0.method.rawValue) \($0.path)" } }),
  ]

  /// nil for none.
  private static func count(_ number: Int) -> String? { number == 0 ? nil : "\(number)" }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
