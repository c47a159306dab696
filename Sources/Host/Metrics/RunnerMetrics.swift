import EngineCore

/// How many runners each app has, by state and machine type.
struct RunnerMetrics: Sendable {
  static let name = "fal_app_runners"
  static let help = "Runners by state and machine type, without those that ended."

  private struct Place: Hashable {
    var app: AppID
    var state: String
    var machine: String
  }

  private var counts: [Place: Int] = [:]

  /// - Parameter owner: whose apps; nil: all.
  init(_ state: EngineState, owner: String?) {
    for app in state.apps.values where owner == nil || app.id.owner == owner {
      for runner in app.runners where !runner.state.isTerminated {
        let machine = runner.placement?.machine ?? app.revision(runner.revision)?.definition.machines.first
        counts[Place(app: app.id, state: runner.state.name, machine: machine?.type ?? ""), default: 0] += 1
      }
    }
  }

  /// Samples in an order that does not change.
  var samples: [(labels: [(String, String)], count: Int)] {
    counts.sorted { ($0.key.app, $0.key.state, $0.key.machine) < ($1.key.app, $1.key.state, $1.key.machine) }.map {
      place, count in
      ([("app", "\(place.app)"), ("state", place.state), ("machine_type", place.machine)], count)
    }
  }
}
